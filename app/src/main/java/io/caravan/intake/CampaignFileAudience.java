package io.caravan.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.CampaignSpec.Audience;
import io.caravan.mail.CampaignSpec.Mode;

/** The {@code audience:} of a campaign file. */
final class CampaignFileAudience {

    static final Set<String> KEYS = CampaignFileSection.keys("csv", "list", "segment", "columns", "mode",
            "exclude");
    private static final int LONGEST_LIST = 190;
    private static final int MOST = 1000;

    private CampaignFileAudience() {
    }

    static Audience read(CampaignFileSection root, String stem) {
        CampaignFileSection audience = root.section("audience", "audience: {csv: spring.csv}");
        if (audience == null) {
            return new Audience(stem + ".csv", null, List.of(), Mode.ADD, List.of());
        }
        audience.known(KEYS);
        String csv = csv(audience);
        String list = list(audience);
        exactlyOne(audience);
        if (list != null) {
            onlyForCsv(audience, "columns");
            onlyForCsv(audience, "mode");
        }
        return new Audience(csv == null && list == null ? stem + ".csv" : csv, list, columns(audience),
                audience.choice("mode", Map.of("add", Mode.ADD, "replace", Mode.REPLACE), Mode.ADD), exclude(audience));
    }

    private static @Nullable String csv(CampaignFileSection audience) {
        String csv = audience.file("csv");
        if (csv != null && !isCsv(csv)) {
            audience.problem("csv", "'" + csv + "' does not end in .csv, .csv.gz or .tsv; rename the file");
        }
        return csv;
    }

    private static boolean isCsv(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".csv") || lower.endsWith(".csv.gz") || lower.endsWith(".tsv");
    }

    private static @Nullable String list(CampaignFileSection audience) {
        String list = audience.scalar("list");
        return list == null ? null : audience.oneLine("list", list, LONGEST_LIST);
    }

    private static void exactlyOne(CampaignFileSection audience) {
        if (audience.has("segment")) {
            audience.problem("segment",
                    "this version has no segments yet; name a list instead, as in list: newsletter");
        }
        List<String> given = List.of("csv", "list", "segment").stream().filter(audience::has).toList();
        if (given.size() > 1) {
            audience.problem(given.getLast(),
                    String.join(" and ", given) + " are both given; an audience is exactly one of csv, list and "
                            + "segment");
        }
    }

    private static void onlyForCsv(CampaignFileSection audience, String key) {
        if (audience.has(key)) {
            audience.problem(key, "it belongs to a csv, and this audience is a list; leave it out");
        }
    }

    private static List<String> columns(CampaignFileSection audience) {
        List<String> columns = audience.list("columns");
        if (audience.has("columns") && columns.isEmpty()) {
            audience.problem("columns",
                    "the list is empty; name every column, as in [email, first_name], or leave it out");
        }
        if (columns.size() > MOST) {
            audience.problem("columns", columns.size() + " columns; at most " + MOST + " are allowed");
        }
        return columns;
    }

    private static List<String> exclude(CampaignFileSection audience) {
        List<String> good = new ArrayList<>();
        for (String entry : audience.list("exclude")) {
            String name = entry.startsWith("list:")
                    ? entry.substring(5)
                    : entry.startsWith("campaign:") ? entry.substring(9) : "";
            boolean fits = entry.startsWith("campaign:")
                    ? CampaignFile.isName(name)
                    : !name.isBlank() && name.length() <= LONGEST_LIST;
            if (!fits) {
                audience.problem("exclude",
                        "'" + CampaignFileValues.shown(entry) + "' names nobody; write list:NAME or campaign:NAME, "
                                + "without a space after the colon");
            } else if (!good.contains(entry)) {
                good.add(entry);
            }
        }
        return good;
    }
}
