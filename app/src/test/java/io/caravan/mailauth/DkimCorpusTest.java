package io.caravan.mailauth;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.caravan.mailauth.Names.Type;

/** Signed mails of four projects, judged as RFC 8301 demands. */
class DkimCorpusTest {

    private static final Instant NOW = Instant.parse("2026-11-25T00:00:00Z");

    private final Corpus corpus = new Corpus("dkim");

    @Test
    void givesTheVerdictsOfTheCorpus() throws IOException {
        for (Map<String, String> row : corpus.rows("expectations.tsv")) {
            if (!row.get("agree").equals("y")) {
                continue;
            }
            String source = row.get("file").substring(0, row.get("file").indexOf('/'));
            RawMail mail = RawMail.of(Files.readAllBytes(corpus.file(row.get("file"))));
            List<Dkim.Verdict> verdicts = new Dkim(keys(source)).check(mail, NOW);

            corpus.score(row.get("file") + " expects " + row.get("expected_rfc8301"),
                    Dkim.overall(verdicts).word().equals(row.get("expected_rfc8301")), verdicts);
        }

        corpus.isAllRight(48);
    }

    private Names keys(String source) throws IOException {
        WrittenNames names = new WrittenNames();
        for (Map<String, String> row : corpus.rows("dns.tsv")) {
            if (row.get("source").equals(source)) {
                names.with(Type.TXT, row.get("name"), row.get("txt"));
            }
        }
        return names;
    }
}
