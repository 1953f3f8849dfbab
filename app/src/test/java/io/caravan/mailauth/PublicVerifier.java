package io.caravan.mailauth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Assumptions;

/** Verifiers that others wrote, from Debian's packages and npm's: opinions of our signatures that are not ours. */
public enum PublicVerifier {

    /** RSA and Ed25519. */
    DKIMPY("dkimpy.py", "python3-dkim and python3-nacl", "/usr/bin/python3", "-c", "import dkim, nacl"),
    /** RSA alone. */
    MAIL_DKIM("maildkim.pl", "libmail-dkim-perl", "/usr/bin/perl", "-MMail::DKIM::Verifier", "-e1"),
    /** RSA and Ed25519, in JavaScript. */
    MAILAUTH("mailauth.js", "node, and mailauth into target/verifiers as .ci/run does", "node", "-e",
            "require('mailauth/lib/dkim/verify')");

    private static final Path NODE_MODULES = Path.of("target/verifiers/node_modules");

    private final String script;
    private final String packages;
    private final List<String> asking;

    PublicVerifier(String script, String packages, String... asking) {
        this.script = script;
        this.packages = packages;
        this.asking = List.of(asking);
    }

    /** Ends the test as left out where it is not installed, unless SIGNATURE_TESTS says that it must be. */
    public PublicVerifier needed() throws Exception {
        boolean here;
        try {
            here = process(asking).start().waitFor() == 0;
        } catch (IOException absent) {
            here = false;
        }
        if ("required".equals(System.getenv("SIGNATURE_TESTS")) && !here) {
            throw new IllegalStateException("SIGNATURE_TESTS=required: install " + packages);
        }
        Assumptions.assumeTrue(here, "not installed: " + packages);
        return this;
    }

    /**
     * Verifies every signature of each mail.
     *
     * @param folder  an empty one
     * @param records the TXT records by name
     * @return the mails of which one does not verify, or which have none, each with the reason
     */
    public List<String> complaints(Path folder, List<byte[]> mails, Map<String, String> records) throws Exception {
        StringBuilder keys = new StringBuilder();
        records.forEach((name, record) -> keys.append(name).append('\t').append(record).append('\n'));
        Files.writeString(folder.resolve("keys"), keys);
        for (int i = 0; i < mails.size(); i++) {
            Files.write(folder.resolve("%05d.eml".formatted(i)), mails.get(i));
        }
        try (InputStream packed = PublicVerifier.class.getResourceAsStream("/dkim/" + script)) {
            Files.write(folder.resolve(script), packed.readAllBytes());
        }
        Process judge = process(List.of(asking.getFirst(), folder.resolve(script).toString(), folder.toString()))
                .start();
        List<String> verdicts = new String(judge.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .toList();
        List<String> complaints = new ArrayList<>(
                verdicts.stream().filter(line -> !line.endsWith("\tok")).toList());
        if (judge.waitFor() != 0 || verdicts.size() != mails.size()) {
            complaints.add(verdicts.size() + " verdicts for " + mails.size() + " mails");
        }
        return complaints;
    }

    private static ProcessBuilder process(List<String> command) {
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().put("NODE_PATH", NODE_MODULES.toAbsolutePath().toString());
        return process;
    }
}
