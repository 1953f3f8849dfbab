package io.caravan.house;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The rules of the house, each by its name, for the classes below a root package. */
final class HouseRules {

    /** A library, by package prefixes, and the only rooms that may know it. */
    private record Door(String library, String packages, String rooms) {
    }

    private static final List<Door> DOORS = List.of(new Door("Camel", "org.apache.camel", "flow"),
            new Door("JSON schema", "com.networknt", "flow"), //
            new Door("YAML of routes", "org.snakeyaml.engine", "flow"),
            new Door("YAML of campaign files", "org.yaml.snakeyaml tools.jackson.dataformat.yaml", "intake"),
            new Door("Quartz", "org.quartz org.springframework.scheduling.quartz org.springframework.boot.quartz",
                    "scheduling config"),
            new Door("JDBC",
                    "java.sql javax.sql org.springframework.jdbc org.springframework.data org.springframework.boot.jdbc "
                            + "org.springframework.boot.data org.mariadb com.zaxxer",
                    Rooms.LEDGERS + " config"),
            // the recorder settles rows of several ledgers in one transaction
            new Door("transactions", "org.springframework.transaction", Rooms.LEDGERS + " flow config"),
            new Door("Flyway", "org.flywaydb org.springframework.boot.flyway", "config"),
            new Door("Thymeleaf", "org.thymeleaf org.attoparser org.unbescape", "rendering"), //
            new Door("jsoup", "org.jsoup", "rendering"), //
            new Door("Resilience4j", "io.github.resilience4j", "shaping"), //
            new Door("FastCSV", "de.siegmar.fastcsv", "intake"), //
            new Door("picocli", "picocli", "cli"), //
            new Door("DNS", "org.xbill.DNS", "transport mailauth"), //
            new Door("differences of texts", "com.github.difflib", "web"),
            new Door("MVC",
                    "org.springframework.web org.springframework.http org.springframework.ui org.springframework.security "
                            + "jakarta.servlet",
                    "web api tracking ses"),
            new Door("mime4j", "org.apache.james.mime4j", "web mailbox receiving"),
            new Door("JavaMail", "jakarta.mail org.eclipse.angus.mail org.springframework.mail", "none"));

    private final Rooms rooms;

    HouseRules(String root) {
        rooms = new Rooms(root);
    }

    Map<String, ArchRule> all() {
        FloorPlan plan = new FloorPlan(rooms);
        Map<String, ArchRule> rules = new LinkedHashMap<>();
        rules.put("every room has a floor", ours(plan.everyRoomIsKnown()));
        rules.put("imports go down only", ours(plan.importDownOnly()));
        rules.put("nothing is imported sideways", ours(plan.importNothingSideways()));
        rules.put("there is no cycle", slices().matching(rooms.root() + ".(*)..").should().beFreeOfCycles());
        DOORS.forEach(door -> rules.put(door.library() + " comes in by its own door", onlyBy(door)));
        rules.put("words know the JDK only", noClasses().that(rooms.in("mail")).should()
                .dependOnClassesThat(libraries("java.", "javax.crypto.", "org.jspecify.")));
        rules.put("engines know no Spring", noClasses().that(rooms.in(Rooms.ENGINES)).should()
                .dependOnClassesThat().resideInAPackage("org.springframework.."));
        rules.put("no room is a drawer", noClasses().that(belowRoot()).should().resideInAnyPackage(drawers()));
        rules.put("class names are words of the trade", noClasses().that(belowRoot()).should()
                .haveNameMatching(".*[.$]\\w*(Manager|Helper|Helpers|Util|Utils|Impl|Dto|DTO)"));
        rules.put("every room is introduced and null-marked", ours(liveInAMarkedPackage()));
        rules.put("time is injected",
                noClasses().that(rooms.in("mail " + Rooms.ENGINES + " " + Rooms.LEDGERS)).should(readTheClock()));
        return rules;
    }

    private ArchRule ours(ArchCondition<JavaClass> condition) {
        return classes().that(belowRoot()).should(condition);
    }

    private DescribedPredicate<JavaClass> belowRoot() {
        return DescribedPredicate.describe("below " + rooms.root(), rooms::isOurs);
    }

    private ArchRule onlyBy(Door door) {
        return noClasses().that(rooms.notIn(door.rooms())).and(isNotQuartzAccessToItsTables()).should()
                .dependOnClassesThat(
                        DescribedPredicate.describe("of " + door.library(), type -> isOf(type, door.packages())));
    }

    private static boolean isOf(JavaClass type, String packages) {
        String inside = type.getPackageName() + ".";
        return Stream.of(packages.split(" ")).anyMatch(prefix -> inside.startsWith(prefix + "."))
                && !isSpringsFault(type);
    }

    /** A page may name what went wrong below in order to tell it. */
    private static boolean isSpringsFault(JavaClass type) {
        return type.getName().startsWith("org.springframework.") && type.isAssignableTo(Throwable.class);
    }

    /** Quartz's interface passes a connection through it; it states no SQL. */
    private DescribedPredicate<JavaClass> isNotQuartzAccessToItsTables() {
        return DescribedPredicate.describe("not Quartz's access to its own tables",
                type -> !type.getName().startsWith(rooms.root() + ".scheduling.QuartzTables"));
    }

    private DescribedPredicate<JavaClass> libraries(String... but) {
        return DescribedPredicate.describe("of a library", type -> {
            if (rooms.isOurs(type) || type.isPrimitive() || type.isArray()) {
                return false;
            }
            return Stream.of(but).noneMatch(prefix -> type.getName().startsWith(prefix));
        });
    }

    private String[] drawers() {
        return Stream
                .of("util", "utils", "common", "commons", "helper", "helpers", "manager", "managers", "misc", "shared")
                .map(name -> rooms.root() + ".." + name + "..").toArray(String[]::new);
    }

    private ArchCondition<JavaClass> liveInAMarkedPackage() {
        return new ArchCondition<>("live in a room with a @NullMarked package-info") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!rooms.of(type).isEmpty() && !type.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(type,
                            type.getName() + ": its package has no package-info.java with @NullMarked "
                                    + "(purpose, first calls, what it never does)"));
                }
            }
        };
    }

    private static ArchCondition<JavaClass> readTheClock() {
        return new ArchCondition<>("read the machine's clock instead of an injected one") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (isClock(access.getTarget())) {
                        events.add(SimpleConditionEvent.satisfied(type, access.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isClock(AccessTarget target) {
        String owner = target.getOwner().getName();
        boolean now = owner.startsWith("java.time.") && target.getName().equals("now")
                && !target.getFullName().contains("java.time.Clock)");
        return now || target.getFullName().equals("java.lang.System.currentTimeMillis()")
                || target.getFullName().equals("java.util.Date.<init>()");
    }
}
