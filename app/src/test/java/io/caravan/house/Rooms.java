package io.caravan.house;

import java.util.Set;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;

/** The rooms below a root package. */
record Rooms(String root) {

    static final String LEDGERS = "audience content campaign delivery pacing suppression mailbox nodes engagement identity access events";
    static final String ENGINES = "intake rendering shaping transport mailauth journal receiving scheduling hooks";
    static final String DOORS = "api web tracking ses cli";

    static Set<String> list(String names) {
        return Set.of(names.split(" "));
    }

    /** The room's name, "" for the root itself. */
    String of(JavaClass type) {
        String name = type.getPackageName();
        return name.length() <= root.length() ? "" : name.substring(root.length() + 1).split("\\.")[0];
    }

    boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    DescribedPredicate<JavaClass> in(String names) {
        return DescribedPredicate.describe("in " + names.replace(" ", ", "),
                type -> isOurs(type) && list(names).contains(of(type)));
    }

    DescribedPredicate<JavaClass> notIn(String names) {
        return DescribedPredicate.describe("outside " + names.replace(" ", ", "),
                type -> isOurs(type) && !list(names).contains(of(type)));
    }
}
