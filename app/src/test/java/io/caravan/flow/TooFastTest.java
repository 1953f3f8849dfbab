package io.caravan.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.flow.LaneDesk.Standing;
import io.caravan.mail.RowState;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.ReplyRules.Refusal;
import io.caravan.shaping.Verb;

import static org.assertj.core.api.Assertions.assertThat;

/** How large providers say that it is too much or too fast, or seem to: by the shipped rules, and whether it slows their lane. */
class TooFastTest extends LaneWatchFixture {

    /** A line of the corpus. */
    private record Said(String domain, String verb, String meaning, boolean slows, String reply) {
        static Said of(String line) {
            String[] columns = line.split("\t");
            return new Said(columns[0], columns[1], columns[2] + " " + columns[3], columns[4].equals("yes"),
                    columns[5]);
        }
    }

    private final List<Said> corpus = corpus();

    private static List<Said> corpus() {
        try {
            return Files.readAllLines(Path.of("app/src/test/corpora/smtp-replies/too-fast.tsv")).stream().skip(1)
                    .map(Said::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatProvidersSayIsToldApart() {
        ReplyRules shipped = ReplyRulesFile.read(Path.of("nowhere"));
        List<String> wrong = new ArrayList<>();
        for (Said said : corpus) {
            String got = Refusal.of(said.reply(), "mx.example", said.domain(), Verb.of(said.verb()))
                    .flatMap(shipped::judge)
                    .map(it -> it.kind().word() + " " + it.fault().word() + " (rule " + it.rule() + ")")
                    .orElse("no rule");
            if (!got.startsWith(said.meaning() + " ")) {
                wrong.add("%s is %s, not %s".formatted(said.reply(), said.meaning(), got));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(corpus).hasSizeGreaterThan(60);
    }

    @Test
    void whoAsksForItIsMailedMoreSlowlyAndNobodyElse() {
        Map<Integer, Said> asked = new LinkedHashMap<>();
        for (Said said : corpus) {
            int lane = lane("n" + asked.size() + "." + said.domain());
            asked.put(lane, said);
            book(lane, 10, RowState.DEFERRED, HOST, said.reply(), said.domain());
        }

        step.applyNow();

        asked.forEach((lane, said) -> assertThat(line(lane).standing() == Standing.SLOWING).as(said.reply())
                .isEqualTo(said.slows()));
    }

    @Test
    void aSessionThatEndsForItsRateIsNoIdleOneThoughItHasTheStatusOfThat() {
        assertThat(slows("4.4.2 Message submission rate for this client has exceeded the configured limit")).isTrue();
        assertThat(slows("4.4.2 mx.example.org closing, you said nothing")).isFalse();
        assertThat(slows("4.7.28 Gmail has detected an unusual rate of mail from your SPF domain [example.com]"))
                .isTrue();
    }
}
