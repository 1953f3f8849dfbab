package io.caravan.mailbox;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.MailQuery.Contains;
import io.caravan.mailbox.MailQuery.Field;
import io.caravan.mailbox.MailQuery.Not;
import io.caravan.mailbox.MailQuery.Term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class MailQueryTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private static List<Term> terms(String text) {
        return MailQuery.parse(text, NOON).terms();
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(InvalidInput.class, () -> MailQuery.parse(text, NOON)).problems();
    }

    @Test
    void everyOperatorIsUnderstood() {
        assertThat(terms("from:news to:ana subject:sale tag:season=spring campaign:spring-2026 run:17 has:attachment"))
                .containsExactly(new Contains(Field.FROM, "news"), new Contains(Field.TO, "ana"),
                        new Contains(Field.SUBJECT, "sale"), new MailQuery.Tagged("season=spring"),
                        new MailQuery.OfCampaign("spring-2026"), new MailQuery.OfRun(17),
                        new MailQuery.WithAttachment());
    }

    @Test
    void freeWordsAreLookedForAnywhereAndNothingFindsAll() {
        assertThat(terms("  spring   10:30 50% "))
                .containsExactly(new Contains(Field.ANYWHERE, "spring"), new Contains(Field.ANYWHERE, "10:30"),
                        new Contains(Field.ANYWHERE, "50%"));
        assertThat(terms("")).isEmpty();
        assertThat(terms(" \t\u2003")).isEmpty();
    }

    @Test
    void quotesHoldSpacesColonsAndQuotes() {
        assertThat(terms("subject:\"spring sale\" \"Re: form:x\" \"say \\\"hi\\\"\" \"never closed"))
                .containsExactly(new Contains(Field.SUBJECT, "spring sale"), new Contains(Field.ANYWHERE, "Re: form:x"),
                        new Contains(Field.ANYWHERE, "say \"hi\""), new Contains(Field.ANYWHERE, "never closed"));
    }

    @Test
    void aMinusIsTheOppositeAndInsideAWordItIsAHyphen() {
        assertThat(terms("-tag:test -spring black-friday -\"two words\"")).containsExactly(
                new Not(new MailQuery.Tagged("test")), new Not(new Contains(Field.ANYWHERE, "spring")),
                new Contains(Field.ANYWHERE, "black-friday"), new Not(new Contains(Field.ANYWHERE, "two words")));
    }

    @Test
    void aWholeAddressIsARecipientByKey() {
        assertThat(terms("to:Ana@example.org to:@example.org to:ana@")).containsExactly(
                new MailQuery.Recipient("Ana@example.org"), new Contains(Field.TO, "@example.org"),
                new Contains(Field.TO, "ana@"));
    }

    @Test
    void timesAreDaysMomentsOrAgo() {
        assertThat(terms("after:2026-11-24 before:2026-11-24T10:00:00+01:00 after:2h before:30m after:7d"))
                .containsExactly(new MailQuery.After(Instant.parse("2026-11-24T00:00:00Z")),
                        new MailQuery.Before(Instant.parse("2026-11-24T09:00:00Z")),
                        new MailQuery.After(Instant.parse("2026-11-24T10:00:00Z")),
                        new MailQuery.Before(Instant.parse("2026-11-24T11:30:00Z")),
                        new MailQuery.After(Instant.parse("2026-11-17T12:00:00Z")));
    }

    @Test
    void anUnknownOperatorNamesTheNearest() {
        assertThat(problems("form:ana")).singleElement().asString().contains("the nearest is 'from:'")
                .contains("put it in quotes: \"form:ana\"");
        assertThat(problems("campain:spring")).singleElement().asString().contains("'campaign:'");
        assertThat(problems("sub:x")).singleElement().asString().contains("'sub");
        assertThat(terms("https://shop.example/x")).containsExactly(
                new Contains(Field.ANYWHERE, "https://shop.example/x"));
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(problems("form:x run:spring has:pictures before:tomorrow from: after:2026-02-30")).hasSize(6)
                .anyMatch(problem -> problem.contains("'run:spring' is no run"))
                .anyMatch(problem -> problem.contains("has:attachment"))
                .anyMatch(problem -> problem.contains("'before:tomorrow' is no time"))
                .anyMatch(problem -> problem.contains("'from:' lacks a value: write from:news@shop.example"));
        assertThat(problems("x ".repeat(21))).singleElement().asString().contains("20 terms");
    }
}
