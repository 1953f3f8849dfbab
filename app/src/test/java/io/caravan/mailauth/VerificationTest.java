package io.caravan.mailauth;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import io.caravan.mailauth.Names.Type;
import io.caravan.mailauth.Verification.Client;
import io.caravan.mailauth.Verification.Report;

import static org.assertj.core.api.Assertions.assertThat;

class VerificationTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T00:00:00Z"), ZoneOffset.UTC);
    private static final Client NOBODY = new Client("", "", "");
    private static final Path CORPORA = Path.of("app/src/test/corpora");
    private static final String SYNTAX = "; =:,.<>()\"\\@\r\n\t%{}/-+~?0123456789abdhilmpstvx";

    private final WrittenNames names = new WrittenNames();

    @Test
    void joinsWhatVouchesForTheAuthor() throws GeneralSecurityException {
        Signing key = Signing.rsa(1024);
        names.with(Type.TXT, "shop.example", "v=spf1 ip4:192.0.2.1 -all")
                .with(Type.TXT, "_dmarc.shop.example", "v=DMARC1; p=reject")
                .with(Type.TXT, "k._domainkey.shop.example", "p=" + key.published());
        String mail = "From: <a@news.shop.example>\r\n\r\n";
        String signed = key.field("DKIM-Signature", "v=1; c=relaxed/relaxed; d=shop.example; s=k; h=from",
                "from:<a@news.shop.example>\r\n", "") + mail;

        assertThat(check(signed, NOBODY).dmarc().result()).isEqualTo(DmarcResult.PASS);
        assertThat(check(mail, NOBODY).dmarc().result()).isEqualTo(DmarcResult.FAIL);
        assertThat(check(mail, new Client("192.0.2.1", "", "b@shop.example")).dmarc().result())
                .isEqualTo(DmarcResult.PASS);
        assertThat(check(mail, new Client("192.0.2.2", "", "b@shop.example")).dmarc().result())
                .isEqualTo(DmarcResult.FAIL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | NONE", "From: nobody | NONE", "From: a@bank.example | FAIL",
            "From: a@shop.example | PASS", "From: a@shop.example, b@bank.example | FAIL",
            "From: a@shop.example, b@free.example | NONE", "From: a@shop.example, b@bank | NONE",
            "From: a@shop.example and so on | PERMERROR", "From: b@bank.example and so on | FAIL",
            "From: b@bank.example x.shop.example | FAIL",
            "From: a@shop.example~From: a@shop.example | PERMERROR",
            "From: a@a.example,b@b.example,c@c.example,d@d.example,e@e.example,f@f.example | PERMERROR"})
    void leavesNoWayAroundTheAuthorsPolicy(String header, DmarcResult expected) {
        names.with(Type.TXT, "shop.example", "v=spf1 ip4:192.0.2.1 -all")
                .with(Type.TXT, "_dmarc.shop.example", "v=DMARC1; p=reject")
                .with(Type.TXT, "_dmarc.bank.example", "v=DMARC1; p=reject");

        assertThat(check(header.replace('~', '\n') + "\n\nHello\n", new Client("192.0.2.1", "", "b@shop.example"))
                .dmarc().result())
                .isEqualTo(expected);
    }

    @Test
    void aFromTooLongToReadIsNoWayAroundTheAuthorsPolicyEither() {
        names.with(Type.TXT, "_dmarc.bank.example", "v=DMARC1; p=reject");
        String comments = "\n (" + "x".repeat(70) + ")";

        assertThat(check("From: ceo@bank.example" + comments.repeat(10) + "\n\nHello\n", NOBODY).dmarc().result())
                .isEqualTo(DmarcResult.FAIL);
        assertThat(check("From: ceo@bank.example" + comments.repeat(300) + "\n\nHello\n", NOBODY).dmarc().result())
                .isEqualTo(DmarcResult.PERMERROR);
    }

    @Test
    void holdsAnExpiryAgainstTheTimeWhenTheMailCameIn() throws GeneralSecurityException {
        Signing key = Signing.rsa(1024);
        names.with(Type.TXT, "k._domainkey.shop.example", "p=" + key.published());
        long noon = Instant.parse("2026-10-01T12:00:00Z").getEpochSecond();
        String mail = key.field("DKIM-Signature", "v=1; c=relaxed/relaxed; d=shop.example; s=k; h=from; x=" + noon,
                "from:<a@shop.example>\r\n", "") + "From: <a@shop.example>\r\n\r\n";
        String received = "Received: from x\r\n by y; ";

        assertThat(Dkim.overall(check(mail, NOBODY).dkim())).isEqualTo(DkimResult.FAIL);
        for (String early : List.of("Thu, 1 Oct 2026 13:59:59 +0200 (CEST)", "1 Oct 2026 11:00 GMT")) {
            assertThat(Dkim.overall(check(received + early + "\r\n" + mail, NOBODY).dkim())).isEqualTo(DkimResult.PASS);
        }
        for (String late : List.of("Thu, 01 Oct 2026 14:00:01 +0200", "31 Foo 2026 11:00 GMT",
                "31 Feb 2020 25:00:00 +9999")) {
            assertThat(Dkim.overall(check(received + late + "\r\n" + mail, NOBODY).dkim())).isEqualTo(DkimResult.FAIL);
        }
    }

    @Test
    void neverFailsOnWhateverABrokenMailSays() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> mails = Files.walk(CORPORA.resolve("dkim"))) {
            for (Path mail : mails.filter(each -> each.toString().endsWith(".eml")).sorted().toList()) {
                seeds.add(Files.readAllBytes(mail));
            }
        }
        JsonNode chains = new ObjectMapper().readTree(Files.readString(CORPORA.resolve("arc/chain-validation.json")));
        chains.get("tests").forEach(test -> seeds.add(Signing.bytes(test.get("message").asString())));
        chains.get("txt-records").properties()
                .forEach(key -> names.with(Type.TXT, key.getKey(), key.getValue().asString()));
        for (String line : Files.readAllLines(CORPORA.resolve("dkim/dns.tsv"))) {
            String[] cells = line.split("\t");
            names.with(Type.TXT, cells[1], cells[2]);
        }
        Random random = new Random(9_989);
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 10_000; i++) {
            byte[] mail = mutated(seeds.get(i % seeds.size()), seeds, random);
            long begun = busy();
            Report report = new Verification(names, CLOCK).check(RawMail.of(mail), NOBODY);
            Duration taken = Duration.ofNanos(busy() - begun);
            longest = taken.compareTo(longest) > 0 ? taken : longest;
            assertThat(report).isNotNull();
        }

        assertThat(longest).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void neverFailsOnWhateverTheDnsSays() throws GeneralSecurityException {
        Signing key = Signing.rsa(1024);
        String mail = key.field("DKIM-Signature", "v=1; c=relaxed/relaxed; d=shop.example; s=k; h=from",
                "from:<a@shop.example>\r\n", "") + "From: <a@shop.example>\r\n\r\n";
        String[] records = {
                "v=spf1 a:%{d}.%{i} mx/24//64 ptr:%{p} exists:%{l1r-}.x.example include:%{o} ip4:192.0.2.0/24 -all exp=%{d}",
                "v=DMARC1; p=reject; sp=none; np=quarantine; adkim=s; psd=u; t=y; rua=mailto:x@shop.example",
                "v=DKIM1; k=rsa; h=sha256; t=s; p=" + key.published()};
        Random random = new Random(7_208);
        long begun = busy();
        for (int i = 0; i < 10_000; i++) {
            String record = new String(mutated(records[i % 3].getBytes(StandardCharsets.ISO_8859_1), List.of(), random),
                    StandardCharsets.ISO_8859_1);
            Names liar = (type, name) -> new Names.Answer.Found(List.of(record));
            assertThat(check(liar, mail, new Client("2001:db8::1", record, record + "@shop.example"))).isNotNull();
        }

        assertThat(Duration.ofNanos(busy() - begun)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void isNotSlowedDownByHugeMails() {
        String signature = "DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=k; bh=AAAA; b=AAAA; l=%d; h=from"
                + ":x".repeat(10_000) + "\r\n";
        StringBuilder signatures = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            signatures.append(signature.formatted(i));
        }
        List<String> huge = List.of("X: y\r\n".repeat(500_000), "From: " + "(".repeat(2_000_000) + "\r\n",
                "From: " + "\"<(".repeat(5_000) + "\r\n", "Received: " + "; 1 Jan ".repeat(500_000) + "\r\n",
                "DKIM-Signature: " + "a=b;".repeat(500_000) + "\r\n", "ARC-Seal: i=1;\r\n".repeat(100_000),
                "ARC-Authentication-Results: i=" + "(\\)".repeat(1_000_000) + "\r\n",
                signatures.toString(), signatures + "X: y\r\n".repeat(500_000), "From" + " ".repeat(3_000_000) + "\r\n",
                "a\r\n ".repeat(1_000_000));
        for (String header : huge) {
            for (String body : List.of("", "\r\n".repeat(2_000_000), " \t".repeat(2_000_000))) {
                byte[] mail = Signing.bytes(header + "\r\n" + body);
                long begun = busy();
                new Verification(names, CLOCK).check(RawMail.of(mail), NOBODY);
                assertThat(Duration.ofNanos(busy() - begun)).as(header.substring(0, 20))
                        .isLessThan(Duration.ofSeconds(3));
            }
        }
    }

    /** A few of: bytes changed, left out, doubled, or taken from another mail. */
    private static byte[] mutated(byte[] seed, List<byte[]> others, Random random) {
        byte[] mail = seed;
        for (int change = random.nextInt(1, 6); change > 0 && mail.length > 2; change--) {
            int from = random.nextInt(Math.min(mail.length, random.nextBoolean() ? 1_500 : mail.length));
            int to = Math.min(mail.length, from + random.nextInt(1, random.nextInt(10) == 0 ? 400 : 8));
            byte[] source = others.isEmpty() ? mail : others.get(random.nextInt(others.size()));
            int at = random.nextInt(source.length);
            byte[] piece = switch (random.nextInt(5)) {
                case 0 -> new byte[0];
                case 1 -> new byte[]{(byte) random.nextInt(256)};
                case 2 -> new byte[]{(byte) SYNTAX.charAt(random.nextInt(SYNTAX.length()))};
                case 3 -> Arrays.copyOfRange(mail, from, to);
                default -> Arrays.copyOfRange(source, at, Math.min(source.length, at + random.nextInt(300)));
            };
            byte[] out = new byte[from + piece.length + mail.length - to];
            System.arraycopy(mail, 0, out, 0, from);
            System.arraycopy(piece, 0, out, from, piece.length);
            System.arraycopy(mail, to, out, from + piece.length, mail.length - to);
            mail = out;
        }
        return mail;
    }

    /** What this thread has computed, in nanoseconds: a busy machine counts for nothing. */
    private static long busy() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private Report check(String mail, Client client) {
        return check(names, mail, client);
    }

    private static Report check(Names names, String mail, Client client) {
        return new Verification(names, CLOCK).check(RawMail.of(Signing.bytes(mail)), client);
    }
}
