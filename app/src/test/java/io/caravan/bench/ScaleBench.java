package io.caravan.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/** Memory and speed at three sizes of run, with 256 MB of heap: they should not know of each other's size. Then how long
 * each page takes beside the large one. */
class ScaleBench {

    private static final int LARGE = Integer.getInteger("bench.large", 1_000_000);

    private static final int MIDDLE = LARGE / 10;
    private static final int SMALL = LARGE / 100;

    /** @param micros CPU a mail, of application and database */
    private record Size(long run, double micros, double liveMegabytes) {
    }

    @Test
    void scale() throws Exception {
        Figures.take(ScaleBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        try (Sink sink = new Sink();
                Product product = Product.before(sink, "256m")) {
            run(product, "warm-up", 20_000);
            Size small = run(product, "small", SMALL);
            Size middle = run(product, "middle", MIDDLE);
            Size large = run(product, "large", LARGE);
            String cpu = " people: application + database us/mail (planning, preflight too)";
            figures.add(MIDDLE + cpu, middle.micros);
            figures.add(LARGE + cpu, large.micros);
            figures.add("live heap, " + LARGE + " people minus " + SMALL + ": MiB",
                    large.liveMegabytes - small.liveMegabytes);
            figures.print("size, one run each");
            figures.bar(Bar.SIZE_CPU, LARGE + cpu, MIDDLE + cpu);
            figures.bar(Bar.SIZE_HEAP, "live heap, " + LARGE + " people minus " + SMALL + ": MiB");
            try (Visitor visitor = new Visitor(product)) {
                PageTimes.print(visitor, "large", large.run);
            }
        }
    }

    private static Size run(Product product, String name, int people) throws Exception {
        product.drop(name + ".csv", Letters.people(people, 1_000).replaceAll("(?m)^p(?=\\d)", name + "p"));
        long began = System.nanoTime();
        product.imported(name, people);
        double imported = (System.nanoTime() - began) / 1e9;
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        long application = product.application().micros();
        long database = product.databaseServer().micros();
        product.drop(name + ".campaign.yaml", Letters.campaign(name, name + ".csv"));
        long run = product.finished(name);
        double cpu = (double) (product.application().micros() - application) / people;
        double databaseCpu = (double) (product.databaseServer().micros() - database) / people;
        double live = liveHeap(product);
        long micros = product.number(
                "select timestampdiff(microsecond, min(claimed_at), max(closed_at)) from batch where run_id = " + run);
        System.out.printf(Locale.ROOT,
                "%-8s %8d people: import %.1f s, %.0f mails/s, application %.0f us/mail, database %.0f us/mail (planning and"
                        + " preflight too), live heap after GC %.1f MB, resident application %d MB (peak %d), database %d MB, load %s%n",
                name, people, imported,
                people * 1e6 / micros, cpu, databaseCpu, live,
                product.application().residentMegabytes(),
                product.application().peakMegabytes(), product.databaseServer().residentMegabytes(), Ticks.load());
        Matcher log = Pattern.compile("event=run-(planned|started) run=" + run + " .*").matcher(product.log());
        while (log.find()) {
            System.out.println("         " + log.group());
        }
        return new Size(run, cpu + databaseCpu, live);
    }

    /** In megabytes; a collector with generations has a line for each. */
    private static double liveHeap(Product product) throws Exception {
        jcmd(product, "GC.run");
        double kilobytes = Pattern.compile("total.*used (\\d+)K").matcher(jcmd(product, "GC.heap_info")).results()
                .mapToLong(used -> Long.parseLong(used.group(1))).sum();
        return kilobytes == 0 ? Double.NaN : kilobytes / 1024;
    }

    private static String jcmd(Product product, String command) throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                Long.toString(product.process.pid()),
                command).redirectErrorStream(true).start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
