package io.caravan.shaping;

import java.util.HashSet;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.caravan.mail.InvalidInput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PhraseTest {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {"user unknown ; 550 User, UNKNOWN. ; true",
            "user unknown ; user is unknown ; false", "user [is] unknown ; user is unknown ; true",
            "(user|mailbox) unknown ; no mailbox unknown ; true", "user ... unknown ; user a b c d unknown ; true",
            "user ... unknown ; user a b c d e unknown ; false", "black* ; a blacklisted host ; true",
            "*full ; mailboxfull ; true", "*ox* ; mailboxfull ; true", "doesnt exist ; it doesn't exist ; true",
            "rejete ; Mail rejet\u00e9 ; true", "spam ; <spam@example.org> user unknown ; false",
            "a [b] [c] d ; a c d ; true", "a [b] [c] d ; a c b d ; false", "a b ; a a b ; true",
            "a ... a b ; a a a a b ; true"})
    void areFoundWordByWord(String phrase, String text, boolean found) {
        List<String> words = Phrase.words(text);

        assertThat(Phrase.parse(phrase).isIn(words, new HashSet<>(words))).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "...", "[a]", "(a", "a)", "((a))", "[a [b]]", "(a b|c)", "a*b", "*", "()"})
    void whatIsNoneIsRefusedWithASentence(String written) {
        assertThatThrownBy(() -> Phrase.parse(written)).isInstanceOf(InvalidInput.class).hasMessageContaining("'");
    }

    @Test
    void hasABoundedLength() {
        assertThatThrownBy(() -> Phrase.parse("word ".repeat(41))).hasMessageContaining("more than 40 words");
    }
}
