package io.caravan.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class VerifyVerbTest {

    private static final Path CORPUS = Path.of("app/src/test/corpora/dkim");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path folder;

    @Test
    void tellsEveryCheckOfAStoredMail() throws IOException {
        Path zone = zone("$TTL 1h", "example.com. IN TXT \"v=spf1 ip4:192.0.2.0/24 -all exp=why.example.com\"",
                "why.example.com. TXT ( \"%{i} is \"", "  \"not ours\" ) ; split",
                "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\"");
        String mail = CORPUS.resolve("lieser/rfc6376-A.2.eml").toString();

        assertThat(
                run("verify", mail, "--zone", zone.toString(), "--ip", "192.0.2.7", "--mail-from", "joe@example.com"))
                .isZero();
        assertThat(out.toString().lines()).containsExactly(
                "spf=pass example.com ('ip4:192.0.2.0/24' of example.com matches)", "dkim=pass",
                "  pass d=example.com s=brisbane a=rsa-sha256",
                "dmarc=pass football.example.com p=reject disposition=none record=example.com (DKIM of example.com)",
                "arc=none");
    }

    @Test
    void tellsWhatIsWrongAndWhatTheOwnerAsksFor() throws IOException {
        Path zone = zone("$ORIGIN example.com.", "@ TXT \"v=spf1 -all exp=why.%{d}\"", "why TXT \"%{i} is not ours\"",
                "_dmarc TXT \"v=DMARC1; p=reject; t=y\"");
        String mail = CORPUS.resolve("lieser/rfc6376-A.2-body_modified.eml").toString();

        assertThat(run("verify", mail, "--zone=" + zone, "--ip=2001:db8::1", "--helo=mx.example.com",
                "--mail-from=<joe@example.com>")).isZero();
        assertThat(out.toString().lines()).containsExactly("spf=fail example.com ('-all' of example.com matches)",
                "  says: 2.0.0.1.0.d.b.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1 is not ours", "dkim=fail",
                "  fail d=example.com s=brisbane a=rsa-sha256 (the body is not the one that was signed)",
                "dmarc=fail football.example.com p=reject disposition=quarantine record=example.com (neither SPF nor DKIM passed)",
                "arc=none");
    }

    @Test
    void takesTheSenderFromTheReturnPathAndNamesEachFile() throws IOException {
        Path one = mail("one.eml", "Return-Path: <a@x.example>", "From: a@x.example", "", "Hello");
        Path two = mail("two.eml", "Subject: \u001b[31mno From", "", "Hello");
        Path zone = zone("x.example TXT \"v=spf1 a:%{l}.x.example -all\"", "a.x.example A 192.0.2.1");

        assertThat(run("verify", one.toString(), two.toString(), "--zone", zone.toString(), "--ip", "192.0.2.1"))
                .isZero();
        assertThat(out.toString().lines()).startsWith(one + ":",
                "spf=pass x.example ('a:%{l}.x.example' of x.example matches)", "dkim=none",
                "dmarc=none x.example (no DMARC record applies)", "arc=none", two + ":",
                "spf=none (neither a sender nor a HELO name is known)");
    }

    @Test
    void aSenderThatIsNotKnownIsNoBounce() throws IOException {
        String unknown = mail("unknown.eml", "From: a@shop.example", "", "Hello").toString();
        String bounce = mail("bounce.eml", "Return-Path: <>", "From: a@shop.example", "", "Hello").toString();
        String zone = zone("mx.shop.example TXT \"v=spf1 ip4:192.0.2.1 -all\"",
                "_dmarc.shop.example TXT \"v=DMARC1; p=reject\"").toString();

        assertThat(run("verify", unknown, "--zone", zone, "--ip", "192.0.2.1", "--helo", "mx.shop.example")).isZero();
        assertThat(out.toString().lines()).containsExactly(
                "spf=pass mx.shop.example ('ip4:192.0.2.1' of mx.shop.example matches; of the HELO name, as the sender is not known: DMARC does not count it)",
                "dkim=none",
                "dmarc=fail shop.example p=reject disposition=reject record=shop.example (neither SPF nor DKIM passed)",
                "arc=none");

        run("verify", bounce, "--zone", zone, "--ip", "192.0.2.1", "--helo", "mx.shop.example");
        assertThat(out.toString().lines()).contains(
                "spf=pass mx.shop.example ('ip4:192.0.2.1' of mx.shop.example matches)",
                "dmarc=pass shop.example p=reject disposition=none record=shop.example (SPF of mx.shop.example)");
        run("verify", unknown, "--zone", zone, "--ip", "192.0.2.1", "--helo", "mx.shop.example", "--mail-from", "");
        assertThat(out.toString().lines()).anyMatch(line -> line.startsWith("dmarc=pass shop.example"));
    }

    @Test
    void refusesFilesThatItCannotRead() throws IOException {
        Path good = mail("good.eml", "From: a@x.example", "", "Hello");
        Path zone = zone("TXT", " A 1.2.3.4", "x.example A one", "$INCLUDE other", "y.example MX here");

        assertThat(run("verify", good.toString(), "--zone", zone.toString())).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(4).allMatch(line -> line.startsWith("caravan: " + zone + ":"));
        assertThat(run("verify", folder.resolve("missing").toString(), "--zone",
                zone("x.example A 192.0.2.1").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("missing cannot be read: name a file");
        assertThat(run("verify")).isEqualTo(2);
    }

    private Path zone(String... lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(lines));
        for (String line : Files.readAllLines(CORPUS.resolve("dns.tsv"))) {
            String[] cells = line.split("\t");
            if (cells[0].equals("lieser") && lines.length > 2) {
                all.add(cells[1] + ". IN TXT \"" + cells[2] + "\"");
            }
        }
        return Files.write(folder.resolve("zone"), all);
    }

    private Path mail(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        Launcher none = (Launcher) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[]{Launcher.class},
                (proxy, method, given) -> {
                    throw new IllegalStateException("verify with a zone starts nothing");
                });
        return new Caravan(none, new PrintWriter(out), new PrintWriter(err)).run(arguments);
    }
}
