package io.caravan.bench;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

import io.caravan.flow.ClaimBench;

/** {@code -Dbench=Bars}: everything that a bar is set for, one after the other, and a table at the end. */
@EnabledIfSystemProperty(named = "bench", matches = "Bars", disabledReason = "it runs the others once more")
class BarsBench {

    private final Map<Bar, Double> measured = new EnumMap<>(Bar.class);
    private final Map<Bar, String> missing = new EnumMap<>(Bar.class);

    @Test
    void bars() {
        Map<String, Figures.Measuring> benches = new LinkedHashMap<>();
        benches.put("Road", RoadBench::measure);
        benches.put("Signed", SignedBench::measure);
        benches.put("Nodemailer", NodemailerBench::measure);
        benches.put("RoundTrip", RoundTripBench::measure);
        benches.put("Import", ImportBench::measure);
        benches.put("Scale", ScaleBench::measure);
        benches.put("Claim", ClaimBench::measure);
        benches.forEach(this::take);
        String smaller = System.getProperties().stringPropertyNames().stream().filter(key -> key.startsWith("bench."))
                .sorted().map(key -> key + "=" + System.getProperty(key)).collect(Collectors.joining(" "));
        if (!smaller.isEmpty()) {
            System.out.println("\nNot the sizes that the bars are set for, so no verdicts on the product: " + smaller);
        }
        System.out.printf("%n%-54s %-8s %-9s %9s  %s%n", "bar", "hold", "very good", "measured", "verdict");
        for (Bar bar : Bar.values()) {
            Double value = measured.get(bar);
            System.out.printf(Locale.ROOT, "%-54s %-8s %-9s %9s  %s%n", bar.title(), bar.held(), bar.veryGood(),
                    value == null ? "-" : String.format(Locale.ROOT, "%.2f", value),
                    value == null
                            ? "not taken: " + missing.getOrDefault(bar, "-Dbench=" + bar.bench() + " brought none")
                            : bar.verdict(value));
        }
    }

    /** A benchmark that fails costs its own bars alone. */
    private void take(String name, Figures.Measuring bench) {
        Figures figures = new Figures();
        String why = null;
        try {
            bench.into(figures);
        } catch (NotHere e) {
            why = e.getMessage();
        } catch (Exception e) {
            e.printStackTrace();
            why = "-Dbench=" + name + " failed: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
        if (why != null) {
            System.out.println("not taken: " + name + ": " + why);
            for (Bar bar : Bar.values()) {
                if (bar.bench().equals(name)) {
                    missing.put(bar, why);
                }
            }
        }
        measured.putAll(figures.bars());
        missing.putAll(figures.missing());
    }
}
