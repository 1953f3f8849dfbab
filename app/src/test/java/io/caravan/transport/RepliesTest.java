package io.caravan.transport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.SmtpReply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RepliesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"RCPT | 550 5.1.1 no | bounced soft 5.1.1",
            "RCPT | 550 User unknown | bounced soft", "RCPT | 450 4.2.0 greylisted | deferred 4.2.0",
            "DOT | 554 5.3.4 too big | bounced policy 5.3.4", "DOT | 452 4.3.1 disk full | deferred 4.3.1",
            "DOT | 250 2.0.0 queued | accepted 2.0.0", "MAIL | 550 5.1.1 unknown sender | bounced policy 5.1.1",
            "MAIL | 530 5.7.0 authentication required | deferred 5.7.0", "MAIL | 503 5.5.1 sequence | deferred 5.5.1",
            "RCPT | 530 5.7.0 authentication required | deferred 5.7.0",
            "RCPT | 504 5.5.2 <mx>: Helo command rejected: need fully-qualified hostname | deferred 5.5.2",
            "RCPT | 535 5.7.8 no | deferred 5.7.8", "RCPT | 534 5.7.9 no | deferred 5.7.9",
            "RCPT | 538 5.7.11 no | deferred 5.7.11",
            "RCPT | 501 5.1.3 Bad recipient address syntax | bounced soft 5.1.3",
            "RCPT | 503 5.5.1 no | bounced soft 5.5.1", "DOT | 530 5.7.0 no | bounced policy 5.7.0",
            "DATA | 554 5.5.1 no valid recipients | bounced policy 5.5.1"})
    void areReadByCodeAndVerbAndNeverHard(Stage stage, String reply, String expected) throws LineLost {
        DeliveryResult result = Replies.result("mx.example", stage, smtp(reply));

        String said = switch (result) {
            case DeliveryResult.Accepted a -> "accepted " + a.status();
            case DeliveryResult.Deferred d -> "deferred " + d.status();
            case DeliveryResult.Bounced b -> "bounced " + b.reason();
            case DeliveryResult other -> other.toString();
        };
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void ofAnotherConversationAreNoResult() {
        assertThatThrownBy(() -> Replies.result("mx.example", Stage.DOT, smtp("354 go on")))
                .isInstanceOf(LineLost.class);
        assertThatThrownBy(() -> Replies.result("mx.example", Stage.RCPT, smtp("334 user")))
                .isInstanceOf(LineLost.class);
    }

    private static SmtpReply smtp(String reply) {
        return new SmtpReply(Integer.parseInt(reply.substring(0, 3)), reply.substring(4));
    }
}
