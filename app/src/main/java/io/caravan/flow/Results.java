package io.caravan.flow;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The steps {@code results.log} and {@code results.csv}: outcomes that are settled already, to tell others of. */
@Component("results")
public class Results {

    private static final Logger log = LoggerFactory.getLogger(Results.class);

    /** One line of counts, without addresses. */
    public void log(List<Result> results) {
        Map<String, Integer> counts = new TreeMap<>();
        results.forEach(result -> counts.merge(result.state(), 1, Integer::sum));
        if (!results.isEmpty()) {
            log.debug("event=results campaign={} counts={}", results.getFirst().campaign(), counts);
        }
    }

    /** The results as CSV lines, without a header: time, campaign, row, address, state, reason, attempt, host, status, reply. */
    public String csv(List<Result> results) {
        StringBuilder lines = new StringBuilder();
        for (Result result : results) {
            lines.append(String.join(",",
                    List.of(result.at().toString(), result.campaign(), result.row(), quoted(result.address()),
                            result.state(), quoted(result.reason()), Integer.toString(result.attempt()),
                            quoted(result.host()), result.status(),
                            quoted(result.reply()))))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
