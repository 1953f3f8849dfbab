package io.caravan.transport;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;
import io.caravan.mail.SmtpReply;

/**
 * Who writes down what happens: the journal, and the recorder behind it. Called from many threads, for one mail always from the thread
 * that has it. Must be quick: a connection waits meanwhile.
 */
public interface DeliveryLog {

    /**
     * The final dot is about to leave. From here until {@link #replied} the mail is in doubt. If this throws, the dot is not sent, the
     * connection is closed and the mail is reported as not tried.
     */
    void dot(Finished mail);

    /**
     * A host ended a connection with this reply when it was asked to take the mail, which goes over another one now: no result, and no
     * attempt. Called as often as that happens.
     */
    void turnedAway(Finished mail, SmtpReply reply);

    /** What came of it: called exactly once for every offered mail. */
    void replied(Finished mail, DeliveryResult result);
}
