package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.delivery.Planned;
import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.SmtpReply;
import io.caravan.shaping.Fault;
import io.caravan.shaping.ReplyKind;
import io.caravan.shaping.ReplyRules;
import io.caravan.shaping.ReplyRules.Judged;
import io.caravan.shaping.ReplyRules.Refusal;
import io.caravan.shaping.Verb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What servers answer, told apart by the shipped rules and by an owner's. */
class ReplyRulesTest {

    private static final Path CORPUS = Path.of("app/src/test/corpora/smtp-replies/expectations.tsv");

    @TempDir
    private Path folder;

    private final ReplyRules shipped = ReplyRulesFile.read(Path.of("nowhere"));

    @ParameterizedTest
    @CsvSource({"554, 5.7.1 <ana@example.org>: Relay access denied, true", "550, 5.7.1 Unable to relay, true",
            "550, relay not permitted, true", "454, 4.7.1 <ana@example.org>: Relay access denied, true",
            "550, 5.7.54 SMTP; Unable to relay recipient in non-accepted domain, true",
            "550, 5.1.1 <ana@relay.example>: Recipient address rejected: User unknown in relay recipient table, false",
            "554, 5.7.1 blocked, false", "550, 5.7.1 authentication required to post to this group, false"})
    void knowThatAHostRelaysForNobody(int code, String text, boolean refuses) {
        assertThat(new Refusals(shipped).refusesToRelay(new SmtpReply(code, text))).isEqualTo(refuses);
    }

    @Test
    void tellTheWholeCorpusApart() throws IOException {
        Map<String, String> verbs = Files.readAllLines(CORPUS.resolveSibling("verbs.tsv")).stream().skip(1)
                .map(line -> line.split("\t")).collect(Collectors.toMap(line -> line[0], line -> line[1]));
        List<String> wrong = new ArrayList<>();
        int scored = 0;
        for (String line : Files.readAllLines(CORPUS)) {
            String[] columns = line.split("\t");
            if (columns[1].equals("hard-bounce") || columns[1].equals("soft-bounce")) {
                scored++;
                Verb verb = Verb.of(verbs.getOrDefault(columns[4], ""));
                boolean hard = columns[0].startsWith("5")
                        && judged(columns[0], "example.org", verb).filter(it -> it.kind() == ReplyKind.HARD)
                                .isPresent();
                if (hard != columns[1].equals("hard-bounce")) {
                    wrong.add(columns[0] + " is " + columns[1]);
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(scored).isEqualTo(55);
    }

    @Test
    void whatLargeProvidersAnswerIsToldApart() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> lines = Files.readAllLines(CORPUS.resolveSibling("providers.tsv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t");
            Optional<Judged> judged = judged(columns[4], columns[0], Verb.of(columns[1]));
            String got = judged.map(it -> it.kind().word() + " " + it.fault().word()).orElse("no rule");
            if (!got.equals(columns[2] + " " + columns[3])) {
                wrong.add("%s %s is %s %s, not %s %s".formatted(columns[1], columns[4], columns[2], columns[3], got,
                        judged.map(Judged::rule).orElse("")));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(lines).hasSizeGreaterThan(80);
    }

    /** Hosts that keep all they have to say for RCPT, in wordings known of such servers: whose person is written off, whose is not. */
    @Test
    void whoSpeaksOfUsAtRcptWritesNobodyOffAndWhoSpeaksOfThePersonDoes() throws IOException {
        List<String> wrong = new ArrayList<>();
        List<String> lines = Files.readAllLines(CORPUS.resolveSibling("who-is-meant.tsv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t");
            String domain = switch (columns[0]) {
                case "yahoo" -> "yahoo.com";
                case "mail.ru" -> "mail.ru";
                default -> "example.org";
            };
            String got = judged(columns[3], domain, Verb.RCPT)
                    .map(it -> it.kind().word() + " " + it.fault().word() + " (rule " + it.rule() + ")")
                    .orElse("no rule");
            if (!got.startsWith(columns[1] + " " + columns[2] + " ")) {
                wrong.add("%s: %s is %s %s, not %s".formatted(columns[0], columns[3], columns[1], columns[2], got));
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(lines).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL"})
    void nobodyIsBlamedBeforeARecipientIsNamed(String verb) throws IOException {
        List<String> replies = new ArrayList<>(
                Files.readAllLines(CORPUS).stream().map(line -> line.split("\t")[0]).toList());
        replies.addAll(
                Files.readAllLines(CORPUS.resolveSibling("providers.tsv")).stream().map(line -> line.split("\t")[4])
                        .toList());

        assertThat(replies.stream().filter(reply -> reply.startsWith("5"))).hasSizeGreaterThan(100)
                .allSatisfy(reply -> assertThat(judged(reply, "example.org", Verb.of(verb))).get()
                        .matches(it -> it.fault() != Fault.RECIPIENT && it.kind() != ReplyKind.HARD));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"550 5.1.1 no | HARD", "550 User unknown | HARD",
            "550 no such user here | HARD", "550 <spam@example.org>: user unknown | HARD",
            "550 No such recipient | HARD", "550 Recipient address rejected: user does not exist | HARD",
            "550-5.1.1 The email account that you tried to reach does not exist | HARD",
            "550 Requested action not taken: mailbox unavailable | HARD", "550 Destinataire inconnu: invalide | HARD",
            "556 takes no mail | HARD", "552 5.2.2 full | SOFT", "550 5.2.1 off | SOFT", "552 hm | SOFT",
            "550 The mailbox is full | SOFT", "452 4.2.2 Over quota | SOFT", "550 account is disabled | SOFT",
            "525 4.7.13 user account is disabled | SOFT", "552 5.3.4 message too large | SOFT",
            "550 5.7.1 User unknown? we do not like you | POLICY", "550 5.1.8 sender | POLICY",
            "554 your host is on a blacklist | BLOCKED",
            "550 5.1.1 user unknown; client host [192.0.2.1] blocked using zen.spamhaus.org | BLOCKED",
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked | BLOCKED",
            "550 5.7.26 unauthenticated mail, DMARC policy | AUTH", "550 5.7.25 no PTR record | AUTH",
            "530 5.7.0 Authentication required | AUTH", "550 5.7.1 this looks like spam | CONTENT",
            "554 5.7.1 relay access denied | POLICY", "421 4.7.0 try again later, too many connections | THROTTLE",
            "421 4.7.28 unusual rate of mail from your address | THROTTLE", "421 bye | THROTTLE",
            "451 4.7.1 Greylisting in action, please come back later | GREYLIST",
            "450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted | GREYLIST",
            "451 4.3.0 temporary lookup failure | SYSTEM"})
    void areReadByWordsStatusAndCode(String reply, ReplyKind kind) {
        assertThat(kind(reply)).contains(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"550 5.7.1 no", "550 5.7.23 SPF validation failed", "550 5.7.20 no passing DKIM signature",
            "550 5.1.1 unknown user: your IP is listed by spamcop", "554 5.7.1 sender domain does not exist",
            "550 5.1.1 DNS: no PTR for your address", "550 5.1.8 sender address rejected: domain not found",
            "535 5.7.8 authentication failed", "550 5.1.2 Sender verify failed: host unknown",
            "550 IP blocked",
            "550 Requested action not taken: mailbox unavailable; invalid DNS MX or A/AAAA resource record",
            "550 5.1.1 message rejected due to local policy"})
    void ourOwnFaultsSuppressNobodyWhateverStandsBesideThem(String reply) {
        assertThat(reason(bounced(reply, "RCPT"))).doesNotStartWith("hard").contains("(rule ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"552 5.2.2 Mailbox quota exceeded | SOFT | RECIPIENT",
            "550 5.2.2 Mailbox limit exceeded | SOFT | RECIPIENT",
            "452 4.2.2 Mailbox quota exceeded | SOFT | RECIPIENT",
            "550 Mailbox quota exceeded | SOFT | RECIPIENT", "552 mailbox limit has been reached | SOFT | RECIPIENT",
            "552 5.2.2 <ana@example.org>: Mailbox size limit exceeded | SOFT | RECIPIENT",
            "450 Mail limit exceeded | THROTTLE | PROVIDER", "452 messages limit reached | THROTTLE | PROVIDER",
            "450 Connection rate limit exceeded | THROTTLE | PROVIDER",
            "451 Hourly quota exceeded | THROTTLE | PROVIDER", "550 5.7.1 Email quota exceeded | THROTTLE | OURS"})
    void theLimitOfAMailboxIsNoLimitOfOurs(String reply, ReplyKind kind, Fault fault) {
        assertThat(judged(reply, "example.org", Verb.RCPT)).get().extracting(Judged::kind, Judged::fault)
                .containsExactly(kind, fault);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"452 4.3.1 Insufficient system storage | SYSTEM | PROVIDER",
            "452 4.3.1 Insufficient storage | SYSTEM | PROVIDER", "452 4.3.1 Out of disk space | SYSTEM | PROVIDER",
            "452 4.3.1 Insufficient system resources | SYSTEM | PROVIDER",
            "552 5.3.1 Insufficient system storage | SYSTEM | PROVIDER",
            "452 Requested action not taken: insufficient system storage | SYSTEM | PROVIDER",
            "451 qq write error or disk full (#4.3.0) | SYSTEM | PROVIDER",
            "431 Not enough space on the disk | SYSTEM | PROVIDER",
            "452 4.4.5 Insufficient disk space; try again later | SYSTEM | PROVIDER",
            "452 4.2.2 Insufficient system storage | SOFT | RECIPIENT",
            "452 4.3.1 The mailbox of this user is full | SOFT | RECIPIENT",
            "452 Insufficient storage | SOFT | RECIPIENT", "552 5.3.4 Message too large for our storage | SOFT | OURS"})
    void aFullHostIsNoFullMailbox(String reply, ReplyKind kind, Fault fault) {
        assertThat(judged(reply, "example.org", Verb.RCPT)).get().extracting(Judged::kind, Judged::fault)
                .containsExactly(kind, fault);
    }

    @Test
    void nameTheRuleInTheReasonOfTheRow() {
        assertThat(reason(bounced("550 5.1.1 no", "RCPT")))
                .isEqualTo("hard: no such mailbox (rule no-such-mailbox-status)");
        assertThat(reason(bounced("550 hm", "RCPT"))).isEqualTo("soft");
        assertThat(reason(bounced("550 hm", "final dot"))).isEqualTo("policy");
        assertThat(new Refusals(shipped).reason(
                new DeliveryResult.Deferred("mx.example", "", "450 greylisted", "RCPT answered 450"), row()))
                .isEqualTo("RCPT answered 450: first contact is put off (rule greylisted)");
    }

    @Test
    void theVerbDecidesWhatTheSameWordsMean() {
        assertThat(reason(bounced("550 5.1.1 user unknown", "MAIL")))
                .isEqualTo("policy: refused before a recipient was named (rule before-recipient)");
        assertThat(reason(bounced("550 Unknown user ana@example.org", "RCPT"))).startsWith("hard: no such mailbox");
        assertThat(reason(bounced("550 Unknown user ana@example.org", "DATA"))).startsWith("soft: ");
        assertThat(reason(bounced("550 5.1.1 user unknown", "DATA"))).startsWith("hard: ");
        assertThat(reason(bounced("550 no", "DATA"))).isEqualTo("policy");
        assertThat(reason(bounced("550 Unknown user ana@example.org", "final dot")))
                .isEqualTo("soft: no such mailbox, it says after the mail itself (rule no-such-mailbox-later)");
        assertThat(reason(bounced("550 5.0.0 no such user", "final dot"))).startsWith("soft: ");
        assertThat(reason(bounced("550 5.1.1 no such user", "final dot"))).startsWith("hard: ");
        assertThat(reason(bounced("550-5.1.1 no such user", "final dot"))).startsWith("hard: ");
        assertThat(reason(new DeliveryResult.Bounced("relay", "5.3.4", "relay a takes mails up to 5 bytes",
                BounceClass.SOFT))).isEqualTo("soft 5.3.4");
    }

    @Test
    void anOwnersFileGoesFirstReplacesAndTakesOut() throws IOException {
        Path own = Files.writeString(folder.resolve(ReplyRulesFile.NAME), """
                rules:
                  - {rule: docomo, kind: soft, fault: recipient, says: filtered, why: as they say so of filters, provider: docomo.test, text: unknown user}
                  - {rule: no-such-mailbox, kind: soft, fault: recipient, says: unsure, why: we trust no words, code: 5xx, text: [user unknown]}
                  - {rule: mailbox-full, off: true}
                """);
        ReplyRules rules = ReplyRulesFile.read(own);

        assertThat(judge(rules, "550 unknown user", "docomo.test")).isEqualTo("docomo");
        assertThat(judge(rules, "550 unknown user", "notdocomo.test")).isEqualTo("-");
        assertThat(judge(rules, "550 user unknown", "a.test")).isEqualTo("no-such-mailbox");
        assertThat(judge(rules, "450 mailbox full", "a.test")).isEqualTo("-");
        assertThat(judge(rules, "550 5.7.1 no", "a.test")).isEqualTo("security-status");
        assertThat(judge(ReplyRulesFile.read(Files.writeString(own, "replace: true\n" + Files.readString(own))),
                "550 5.7.1 no", "a.test")).isEqualTo("-");
    }

    @Test
    void whatIsWrongInAFileIsToldAtOnceWithItsLines() throws IOException {
        Path own = Files.writeString(folder.resolve(ReplyRulesFile.NAME), """
                rules:
                  - rule: a
                    kind: hrad
                    fault: recipient
                    says: x
                    why: y
                    code: 999
                  - rule: b
                    kind: hard
                    fault: ours
                    says: x
                    why: y
                    colour: red
                  - rule: c
                    kind: soft
                    fault: recipient
                    says: x
                    why: y
                    code: [550, 250]
                    text:
                      - ...
                      - mailbox (full
                  - rule: d
                    kind: hard
                    fault: ours
                    says: x
                    why: y
                    status: 5.1.1
                  - rule: e
                    kind: soft
                    fault: recipient
                    says: x
                    why: y
                    at: [HELLO]
                    status: 5.1.1
                  - {rule: f, kind: soft, fault: recipient, says: x, why: y, status: 5.1.1, at: [MAIL, RCPT]}
                """);

        assertThatThrownBy(() -> ReplyRulesFile.read(own)).isInstanceOf(InvalidInput.class)
                .hasMessageContainingAll(":3: 'hrad' is no kind; write hard,", ":13: a rule has no key 'colour'",
                        ":19: the rule 'c': '250' is no code", ":21: the rule 'c': '...' would be found in every reply",
                        ":22: the rule 'c': 'mailbox (full': a bracket is not closed",
                        ":23: the rule 'd': kind hard suppresses a person", ":34: 'HELLO' is no verb; write CONNECT,",
                        ":36: the rule 'f': no recipient is named before RCPT: leave [MAIL] out");
        assertThat(ReplyRulesFile.problems(own)).hasSize(8);
    }

    @Test
    void noReplyTakesLongWhateverItSays() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        List<String> words = List.of("user", "mailbox", "not", "is", "the", "account", "too", "blocked", "message", "(",
                "*", "@", "5.1.1", "\u0000", "exist", "....", "\uD83D\uDE00");
        List<String> replies = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            StringBuilder reply = new StringBuilder("5").append(random.nextInt(60) + 10);
            while (reply.length() < 500) {
                reply.append(' ').append(words.get(random.nextInt(words.size())));
            }
            replies.add(reply.toString());
        }
        replies.forEach(this::kind);

        long from = System.nanoTime();
        replies.forEach(this::kind);
        Duration each = Duration.ofNanos((System.nanoTime() - from) / replies.size());

        System.out.printf("a reply of 500 characters against %d rules: %d us%n", shipped.size(), each.toNanos() / 1000);
        assertThat(each).as("no reply sends it through all combinations").isLessThan(Duration.ofMillis(100));
    }

    private Optional<ReplyKind> kind(String reply) {
        return judged(reply, "example.org", Verb.UNKNOWN).map(Judged::kind);
    }

    private Optional<Judged> judged(String reply, String domain, Verb verb) {
        return Refusal.of(reply, "mx.example", domain, verb).flatMap(shipped::judge);
    }

    private static String judge(ReplyRules rules, String reply, String domain) {
        return Refusal.of(reply, "mx.example", domain, Verb.RCPT).flatMap(rules::judge).map(Judged::rule).orElse("-");
    }

    private String reason(DeliveryResult.Bounced bounced) {
        return new Refusals(shipped).reason(bounced, row());
    }

    /** As the transport says it: the class by the verb alone. */
    private static DeliveryResult.Bounced bounced(String reply, String verb) {
        return new DeliveryResult.Bounced("mx.example", "", reply,
                verb.equals("RCPT") ? BounceClass.SOFT : BounceClass.POLICY, verb);
    }

    private static Planned row() {
        return new Planned(new RowId(1, 1), 1, "Ana@example.org", "ana@example.org", 0, Instant.EPOCH, null, "{}");
    }
}
