package io.caravan.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How long each page takes: median of 20 after 5 to warm up, one at a time, on loopback, from the request to the last byte. */
final class PageTimes {

    private static final int WARM_UP = 5;
    private static final int TIMES = 20;

    private static final List<String> PATHS = List.of("/", "/campaigns", "/campaigns/CAMPAIGN",
            "/campaigns/CAMPAIGN/versions/1", "/campaigns/CAMPAIGN/actions/resend", "/campaigns/CAMPAIGN/edit/audience",
            "/campaigns/CAMPAIGN/edit/review", "/campaigns/CAMPAIGN/preview", "/runs/RUN", "/runs/RUN/people",
            "/runs/RUN/people?after=500000", "/runs/RUN/people?q=CAMPAIGNp5000@d0.example",
            "/runs/RUN/people?q=CAMPAIGNp50", "/runs/RUN/people?state=failed",
            "/runs/RUN/people?state=accepted&reason=x",
            "/runs/RUN/people/7", "/runs/RUN/people/7/html", "/why?address=CAMPAIGNp7@d7.example", "/audience",
            "/audience/lists/CAMPAIGN", "/audience/imports", "/audience/contacts?q=CAMPAIGNp5", "/mailbox",
            "/suppressions", "/schedule", "/routes", "/nodes", "/api/v1/runs/RUN/ledger?limit=500",
            "/actuator/prometheus");

    private PageTimes() {
    }

    static void print(Visitor visitor, String campaign, long run) throws Exception {
        System.out.printf(Locale.ROOT,
                "%n== pages with a run of %s in the database (ms, median of %d [least-most], load %s)%n",
                campaign, TIMES, Ticks.load());
        for (String path : PATHS.stream()
                .map(path -> path.replace("CAMPAIGN", campaign).replace("RUN", Long.toString(run))).toList()) {
            List<Double> millis = new ArrayList<>();
            int bytes = 0;
            for (int time = -WARM_UP; time < TIMES; time++) {
                long began = System.nanoTime();
                bytes = visitor.fetch(path).length();
                if (time >= 0) {
                    millis.add((System.nanoTime() - began) / 1e6);
                }
            }
            System.out.printf(Locale.ROOT, "%-58s %8.1f  [%.1f-%.1f]  %d bytes%n", path, Figures.median(millis),
                    Stream.of(millis.toArray(Double[]::new)).min(Double::compare).orElse(0.0),
                    Stream.of(millis.toArray(Double[]::new)).max(Double::compare).orElse(0.0), bytes);
        }
    }
}
