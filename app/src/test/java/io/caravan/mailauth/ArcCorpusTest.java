package io.caravan.mailauth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import io.caravan.mailauth.Names.Type;

/** The suite that implementers of RFC 8617 made for each other. */
class ArcCorpusTest {

    private final Corpus corpus = new Corpus("arc");
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void givesTheResultsOfTheSuite() throws IOException {
        for (Map<String, String> row : corpus.rows("expectations.tsv")) {
            if (row.get("cv").equals("-")) {
                continue;
            }
            JsonNode file = json.readTree(corpus.text(row.get("file")));
            WrittenNames names = new WrittenNames();
            file.get("txt-records").properties()
                    .forEach(record -> names.with(Type.TXT, record.getKey(), record.getValue().asString()));
            byte[] mail = file.get("tests").get(row.get("id")).get("message").asString()
                    .getBytes(StandardCharsets.UTF_8);

            Arc.Verdict verdict = new Arc(names).check(RawMail.of(mail));
            corpus.score(row.get("id") + " expects " + row.get("cv"),
                    verdict.result().word().equalsIgnoreCase(row.get("cv")), verdict);
        }

        corpus.isAllRight(74);
    }
}
