package io.caravan.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured, round by round: prints medians with their range, and ratios pair by pair. */
public final class Figures {

    /** A benchmark, or one of its figures. */
    @FunctionalInterface
    public interface Measuring {
        void into(Figures figures) throws Exception;
    }

    private final Map<String, List<Double>> rounds = new LinkedHashMap<>();
    private final Map<Bar, Double> bars = new EnumMap<>(Bar.class);
    private final Map<Bar, String> missing = new EnumMap<>(Bar.class);

    /** Measures, and where this machine lacks what that needs says so instead of a figure. */
    public static void take(Measuring bench) throws Exception {
        try {
            bench.into(new Figures());
        } catch (NotHere why) {
            System.out.println("not taken: " + why.getMessage());
        }
    }

    public void add(String what, double value) {
        rounds.computeIfAbsent(what, _ -> new ArrayList<>()).add(value);
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public void print(String title) {
        System.out.println("\n== " + title + " (median [min-max] of the rounds)");
        rounds.forEach((what, values) -> line(what, values, "%10.1f  [%.1f-%.1f]"));
    }

    /** The median of the ratios of each round's pair. */
    public void ratio(String what, String over) {
        ratioOf(what, over, "");
    }

    /** The same, held against the bar. */
    public void bar(Bar bar, String what, String over) {
        bars.put(bar, ratioOf(what, over, beside(bar)));
    }

    /** Held against the bar: one median over the other, for what does not come in pairs. */
    public void ratioOfMedians(Bar bar, String what, String over) {
        double ratio = median(rounds.getOrDefault(what, List.of(Double.NaN)))
                / median(rounds.getOrDefault(over, List.of(Double.NaN)));
        line(what + " / " + over, List.of(ratio), "%10.2f" + beside(bar));
        bars.put(bar, ratio);
    }

    /** Of a figure that is no ratio of two others: the median of what was added. */
    public void bar(Bar bar, String what) {
        bars.put(bar, median(rounds.getOrDefault(what, List.of(Double.NaN))));
    }

    /** The figure cannot be taken here. */
    public void without(Bar bar, String why) {
        missing.put(bar, why);
        System.out.println("not taken: " + bar.title() + ": " + why);
    }

    /** What each bar was measured at. */
    Map<Bar, Double> bars() {
        return bars;
    }

    Map<Bar, String> missing() {
        return missing;
    }

    private static String beside(Bar bar) {
        return "  bar " + bar.held() + ", very good " + bar.veryGood();
    }

    private double ratioOf(String what, String over, String beside) {
        List<Double> a = rounds.getOrDefault(what, List.of());
        List<Double> b = rounds.getOrDefault(over, List.of());
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            ratios.add(a.get(i) / b.get(i));
        }
        if (ratios.isEmpty()) {
            throw new IllegalStateException("nothing was measured of " + what + " and " + over);
        }
        line(what + " / " + over, ratios, "%10.2f  [%.2f-%.2f]" + beside);
        return median(ratios);
    }

    private static void line(String what, List<Double> values, String numbers) {
        System.out.printf(Locale.ROOT, "%-66s " + numbers + "%n", what, median(values),
                values.stream().mapToDouble(Double::doubleValue).min().orElse(0),
                values.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
