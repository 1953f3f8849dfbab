package io.caravan.mailauth;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import io.caravan.mailauth.Names.Type;

/** The tests of a verifier in JavaScript that follows RFC 9989. */
class DmarcCorpusTest {

    private final Corpus corpus = new Corpus("dmarc");
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void givesTheResultsOfTheCorpus() throws IOException {
        for (Map<String, String> row : corpus.rows("expectations.tsv")) {
            String author = row.get("header_from").substring(row.get("header_from").indexOf('@') + 1);
            Dmarc.Verdict verdict = new Dmarc(names(row.get("dns"))).check(author, domains(row.get("spf")),
                    domains(row.get("dkim")));

            corpus.score(row.get("id") + " expects " + row.get("result") + " " + row.get("policy"),
                    verdict.result().word().equals(row.get("result"))
                            && (row.get("policy").equals("-") || verdict.policy().word().equals(row.get("policy"))),
                    verdict);
        }

        corpus.isAllRight(16);
    }

    private List<String> domains(String list) {
        return json.readTree(list).valueStream().map(each -> each.get("domain").asString()).toList();
    }

    private Names names(String dns) {
        WrittenNames names = new WrittenNames();
        for (Map.Entry<String, JsonNode> entry : json.readTree(dns).properties()) {
            if (entry.getValue().isArray()) {
                entry.getValue().forEach(record -> names.with(Type.TXT, entry.getKey(), record.asString()));
            } else {
                names.withFault(entry.getKey());
            }
        }
        return names;
    }
}
