package io.caravan.transport;

import io.caravan.mail.DeliveryResult;
import io.caravan.mail.Finished;

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

    /** What came of it: called exactly once for every offered mail. */
    void replied(Finished mail, DeliveryResult result);
}
