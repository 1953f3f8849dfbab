package io.caravan.house;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.caravan.mail.RowId;

import static org.assertj.core.api.Assertions.assertThat;

/** The floor plan holds, and each of its rules catches what it is there for. */
class FloorPlanTest {

    private static final String FIXTURE = "io.caravan.house.fixture";
    private static final Map<String, ArchRule> HOUSE = new HouseRules("io.caravan").all();
    private static final Map<String, ArchRule> MODEL = new HouseRules(FIXTURE).all();
    private static final JavaClasses PRODUCT = product();
    private static final JavaClasses CROOKED = new ClassFileImporter().importPackages(FIXTURE);

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theHouseStandsStraight(String rule) {
        HOUSE.get(rule).allowEmptyShould(true).check(PRODUCT);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("violations")
    void aCrookedHouseIsCaught(String rule, String culprit) {
        assertThat(caught(rule)).anyMatch(violation -> violation.contains(culprit));
    }

    @Test
    void everyRuleHasAViolationThatProvesIt() {
        Set<String> proven = violations().map(violation -> (String) violation.get()[0])
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(proven).isEqualTo(new TreeSet<>(HOUSE.keySet()));
    }

    @Test
    void theStraightRoomsOfTheModelAreLeftAlone() {
        for (String rule : MODEL.keySet()) {
            // a cycle's report names all its members, straight ones too
            if (!rule.equals("there is no cycle")) {
                assertThat(caught(rule)).as(rule).noneMatch(violation -> violation
                        .matches("(?s).*<" + FIXTURE + "\\.\\w+\\.Straight\\w+[.(].*"));
            }
        }
    }

    static Stream<String> rules() {
        return HOUSE.keySet().stream();
    }

    static Stream<Arguments> violations() {
        return Stream.of(Arguments.of("every room has a floor", "fixture.attic.Attic"),
                Arguments.of("imports go down only", "upward: Field <" + FIXTURE + ".audience.AsksFlow"),
                Arguments.of("imports go down only", "upward: Field <" + FIXTURE + ".mail.AsksLedger"),
                Arguments.of("imports go down only", "upward: Field <" + FIXTURE + ".web.AsksConfig"),
                Arguments.of("nothing is imported sideways", "sideways: Field <" + FIXTURE + ".audience.AsksSibling"),
                Arguments.of("nothing is imported sideways", "sideways: Field <" + FIXTURE + ".intake.AsksLedger"),
                Arguments.of("nothing is imported sideways", "sideways: Field <" + FIXTURE + ".web.AsksDoor"),
                Arguments.of("there is no cycle", "Cycle detected"), door("Camel", "org.apache.camel.Exchange"),
                door("JSON schema", "com.networknt.schema.Error"),
                door("YAML of routes", "org.snakeyaml.engine.v2.api.Load"),
                door("Quartz", "org.quartz.Job"),
                door("JDBC", "java.sql.Connection"),
                door("JDBC", "org.springframework.data.repository.CrudRepository"),
                door("transactions", "org.springframework.transaction.support.TransactionTemplate"),
                door("Flyway", "org.flywaydb.core.Flyway"),
                door("Thymeleaf", "org.thymeleaf.TemplateEngine"),
                door("jsoup", "org.jsoup.nodes.Document"),
                door("Resilience4j", "io.github.resilience4j.circuitbreaker.CircuitBreaker"),
                door("DNS", "org.xbill.DNS.Name"),
                door("FastCSV", "de.siegmar.fastcsv.reader.CsvReader"),
                door("YAML of campaign files", "org.yaml.snakeyaml.Yaml"),
                door("picocli", "picocli.CommandLine"),
                door("differences of texts", "com.github.difflib.patch.Patch"),
                door("MVC", "jakarta.servlet.http.HttpServletRequest"),
                door("MVC", "org.springframework.web.servlet.ModelAndView"),
                door("mime4j", "org.apache.james.mime4j.dom.Message"),
                door("JavaMail", "jakarta.mail.internet.MimeMessage"),
                Arguments.of("words know the JDK only", "fixture.mail.AsksLibrary"),
                Arguments.of("engines know no Spring", "fixture.intake.AsksSpring"),
                Arguments.of("no room is a drawer", "fixture.util.Drawer"),
                Arguments.of("no room is a drawer", "fixture.audience.common.Drawer"),
                Arguments.of("class names are words of the trade", "fixture.audience.ContactManager"),
                Arguments.of("class names are words of the trade", "fixture.audience.ContactHelper"),
                Arguments.of("class names are words of the trade", "fixture.audience.ContactUtil"),
                Arguments.of("class names are words of the trade", "fixture.audience.ContactImpl"),
                Arguments.of("class names are words of the trade", "fixture.audience.ContactDto"),
                Arguments.of("every room is introduced and null-marked",
                        "fixture.attic.Attic: its package has no package-info.java"),
                Arguments.of("time is injected", "java.time.Instant.now()"),
                Arguments.of("time is injected", "java.time.LocalDate.now()"),
                Arguments.of("time is injected", "java.time.ZonedDateTime.now(java.time.ZoneId)"),
                Arguments.of("time is injected", "java.lang.System.currentTimeMillis()"),
                Arguments.of("time is injected", "java.util.Date.<init>()"));
    }

    private static Arguments door(String library, String type) {
        return Arguments.of(library + " comes in by its own door", "type <" + type + ">");
    }

    private static List<String> caught(String rule) {
        return MODEL.get(rule).evaluate(CROOKED).getFailureReport().getDetails();
    }

    /** The classes of the product, from wherever it was compiled to, without tests. */
    private static JavaClasses product() {
        try {
            return new ClassFileImporter()
                    .importPath(Path.of(RowId.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
