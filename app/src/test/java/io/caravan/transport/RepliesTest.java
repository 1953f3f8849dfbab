package io.caravan.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.SmtpReply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RepliesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"RCPT | 550 5.1.1 no | bounced hard 5.1.1",
            "RCPT | 550 5.1.2 no | bounced hard 5.1.2",
            "RCPT | 550 User unknown | bounced hard", "RCPT | 550 no such user here | bounced hard",
            "RCPT | 550 <spam@example.org>: user unknown | bounced hard", "RCPT | 550 5.2.1 off | bounced soft 5.2.1",
            "RCPT | 552 5.2.2 full | bounced soft 5.2.2",
            "RCPT | 550 5.7.1 User unknown? we do not like you | bounced policy 5.7.1",
            "RCPT | 554 your host is on a blacklist | bounced policy", "RCPT | 550 hm | bounced soft",
            "RCPT | 550 5.1.8 sender | bounced policy 5.1.8",
            "RCPT | 556 takes no mail | bounced hard", "RCPT | 450 4.2.0 greylisted | deferred 4.2.0",
            "DOT | 554 5.3.4 too big | bounced soft 5.3.4", "DOT | 550 hm | bounced policy",
            "DOT | 550 5.1.1 who | bounced hard 5.1.1",
            "DOT | 452 4.3.1 disk full | deferred 4.3.1", "DOT | 250 2.0.0 queued | accepted 2.0.0",
            "MAIL | 550 5.1.1 unknown sender | bounced policy 5.1.1", "MAIL | 550 5.7.1 no | bounced policy 5.7.1",
            "MAIL | 530 5.7.0 authentication required | deferred 5.7.0", "MAIL | 503 5.5.1 sequence | deferred 5.5.1",
            "MAIL | 552 5.3.4 too big | bounced soft 5.3.4",
            "DATA | 554 5.5.1 no valid recipients | bounced policy 5.5.1",
            "DATA | 550 5.1.1 user unknown | bounced policy 5.1.1"})
    void areReadByVerbStatusAndText(Stage stage, String reply, String expected) throws LineLost {
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

    @Test
    void neverSuppressForWhatIsNotThePersonsFaultAndFindMostOfWhatIs() throws IOException {
        List<String> falselyHard = new ArrayList<>();
        List<String> missed = new ArrayList<>();
        int scored = 0;
        List<String> lines = Files.readAllLines(Path.of("app/src/test/corpora/smtp-replies/expectations.tsv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] columns = line.split("\t");
            if (!columns[1].equals("hard-bounce") && !columns[1].equals("soft-bounce") || columns[0].charAt(0) != '5') {
                continue;
            }
            scored++;
            boolean hard = Replies.bounceClass(Stage.RCPT, smtp(columns[0])) == BounceClass.HARD;
            if (hard && columns[1].equals("soft-bounce")) {
                falselyHard.add(line);
            } else if (!hard && columns[1].equals("hard-bounce")) {
                missed.add(line);
            }
        }

        // three texts are word for word "User unknown" and called soft there, since their source knows the verb; here the verb is told
        assertThat(falselyHard).allSatisfy(line -> assertThat(line).containsPattern("(?i)user unknown|unknown user"))
                .hasSizeLessThan(4);
        assertThat((double) (scored - falselyHard.size() - missed.size()) / scored).as("%s %s", falselyHard, missed)
                .isGreaterThan(0.9);
    }

    private static SmtpReply smtp(String reply) {
        return new SmtpReply(Integer.parseInt(reply.substring(0, 3)), reply.substring(4));
    }
}
