package io.caravan.mailauth;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import io.caravan.mailauth.Names.Type;

/** The suite of the SPF project for RFC 7208, and the cases of a verifier in Rust. */
class SpfCorpusTest {

    private static final Pattern ROW = Pattern.compile("\\s*-?\\s*([a-z]+): (.*)");

    private final Corpus corpus = new Corpus("spf");

    @Test
    void givesTheResultsOfTheSuite() throws IOException {
        Map<String, Map<String, Object>> files = new HashMap<>();
        for (Map<String, String> row : corpus.rows("expectations.tsv")) {
            if (row.get("file").startsWith("mail-auth/")) {
                continue;
            }
            Map<String, Object> file = files.computeIfAbsent(row.get("file"), this::yaml);
            Map<String, Object> test = map(map(file.get("tests")).get(row.get("id")));
            Spf.Verdict verdict = new Spf(zone(map(file.get("zonedata"))), Clock.systemUTC())
                    .check(row.get("host"), row.get("helo"), row.get("mailfrom"));

            corpus.score(row.get("id") + " expects " + row.get("expected"),
                    List.of(row.get("expected").split("\\|")).contains(verdict.result().word())
                            && says(test, verdict.explanation()),
                    verdict);
        }

        corpus.isAllRight(91);
    }

    @Test
    void givesTheResultsOfTheOtherVerifier() throws IOException {
        for (Map<String, String> row : corpus.rows("expectations.tsv")) {
            if (row.get("file").startsWith("mail-auth/")) {
                otherVerifier(row.get("file"));
            }
        }

        corpus.isAllRight(50);
    }

    private void otherVerifier(String file) throws IOException {
        WrittenNames names = new WrittenNames();
        Map<String, String> check = new HashMap<>();
        boolean tests = false;
        for (String line : corpus.text(file).lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("tests:")) {
                tests = true;
            } else if (row.matches() && tests) {
                check.put(row.group(1), row.group(2).strip());
                if (row.group(1).equals("expect")) {
                    otherCheck(file, names, check);
                }
            } else if (row.matches() && line.startsWith(" ")) {
                add(names, row.group(1), row.group(2).strip());
            }
        }
    }

    private void otherCheck(String file, WrittenNames names, Map<String, String> check) {
        String expected = byTheRfc(file, check);
        Spf.Verdict verdict = new Spf(names, Clock.systemUTC()).check(check.get("ip"), check.get("domain"),
                check.get("sender"));
        String result = expected.split(" ")[0];
        corpus.score(file + " " + check, verdict.result().word().equals(result)
                && verdict.explanation().equals(expected.substring(result.length()).strip()), verdict);
    }

    /** Two of its 56 checks contradict RFC 7208, and the suite above. */
    private static String byTheRfc(String file, Map<String, String> check) {
        if (file.endsWith("macro-2.yml") && check.get("ip").equals("2001:db8::cb01")) {
            return "fail"; // an AAAA record is no answer to exists: (section 5.7)
        }
        if (file.endsWith("all-1.yml") && check.get("domain").equals("test.org")) {
            return "permerror"; // ip: is no mechanism, and errors count wherever they stand (section 4.6)
        }
        return check.get("expect");
    }

    private static void add(WrittenNames names, String type, String record) {
        String[] parts = record.split(" ", 2);
        switch (type) {
            case "spf", "exp", "txt" -> names.with(Type.TXT, parts[0], parts[1]);
            case "a" -> names.with(Type.A, parts[0], parts[1].split(", *"));
            case "aaaa" -> names.with(Type.AAAA, parts[0], parts[1].split(", *"));
            case "ptr" ->
                names.with(Type.PTR, IpAddress.parse(parts[0]).orElseThrow().pointer(), parts[1].split(", *"));
            case "mx" -> {
                String host = "host-of-" + parts[0];
                names.with(Type.MX, parts[0], host);
                for (String address : parts[1].split(", *")) {
                    names.with(address.contains(":") ? Type.AAAA : Type.A, host, address);
                }
            }
            default -> throw new IllegalArgumentException(type);
        }
        names.withFault("_dns_error.test.org");
    }

    /** What the suite calls DEFAULT is a text of the receiver's own: here there is none. */
    private static boolean says(Map<String, Object> test, String explanation) {
        Object expected = test.get("explanation");
        return expected == null || (expected.equals("DEFAULT") ? "" : expected).equals(explanation);
    }

    private Map<String, Object> yaml(String file) {
        try {
            return map(new Yaml().load(corpus.text(file)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Records of type SPF stand for TXT where a name has none; after TIMEOUT whatever is not listed times out. */
    private static WrittenNames zone(Map<String, Object> data) {
        WrittenNames names = new WrittenNames();
        data.forEach((name, written) -> {
            List<String> spf = new ArrayList<>();
            boolean txt = false;
            for (Object record : (List<?>) written) {
                if (record.equals("TIMEOUT")) {
                    names.withFault(name);
                    continue;
                }
                Map.Entry<String, Object> entry = map(record).entrySet().iterator().next();
                String value = value(entry.getKey(), entry.getValue());
                txt |= entry.getKey().equals("TXT");
                switch (entry.getKey()) {
                    case "SPF" -> spf.add(value);
                    case "CNAME" -> names.withAlias(name, value);
                    default -> {
                        if (!value.equals("NONE")) {
                            names.with(Type.valueOf(entry.getKey()), name, value);
                        }
                    }
                }
            }
            if (!txt) {
                names.with(Type.TXT, name, spf.toArray(String[]::new));
            }
        });
        return names;
    }

    private static String value(String type, Object written) {
        if (!(written instanceof List<?> list)) {
            return String.valueOf(written);
        }
        return type.equals("MX")
                ? String.valueOf(list.get(1))
                : list.stream().map(String::valueOf).collect(Collectors.joining());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object object) {
        return (Map<String, Object>) object;
    }
}
