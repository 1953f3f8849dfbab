package io.caravan.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, round by round: prints medians with their range, and ratios pair by pair. */
final class Figures {

    private final Map<String, List<Double>> rounds = new LinkedHashMap<>();

    void add(String what, double value) {
        rounds.computeIfAbsent(what, _ -> new ArrayList<>()).add(value);
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    void print(String title) {
        System.out.println("\n== " + title + " (median [min-max] of the rounds)");
        rounds.forEach(
                (what, values) -> System.out.printf(Locale.ROOT, "%-58s %10.1f  [%.1f-%.1f]%n", what, median(values),
                        values.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                        values.stream().mapToDouble(Double::doubleValue).max().orElse(0)));
    }

    /** The median of the ratios of each round's pair. */
    void ratio(String what, String over) {
        double[] a = values(what);
        double[] b = values(over);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(a.length, b.length); i++) {
            ratios.add(a[i] / b[i]);
        }
        System.out.printf(Locale.ROOT, "%-58s %10.2f  [%.2f-%.2f]%n", what + " / " + over, median(ratios),
                ratios.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                ratios.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }

    private double[] values(String what) {
        return Arrays.stream(rounds.getOrDefault(what, List.of()).toArray(new Double[0]))
                .mapToDouble(Double::doubleValue).toArray();
    }
}
