package io.caravan.transport;

import io.caravan.mail.SmtpReply;

/**
 * Remembers which relays are down, so that a dead one costs nobody a connect timeout a mail. Asked before a new connection to a relay that
 * has none open; a true answer is always followed by {@code worked} or {@code failed}. Connections beside open ones are made unasked and
 * may report, too. A relay that answers on none of its connections has failed; when it does again it is asked, and it has worked.
 */
public interface RelayGate {

    /** A gate that remembers nothing: every mail tries every relay of its route. */
    RelayGate OPEN = new RelayGate() {
        @Override
        public boolean mayTry(String relay) {
            return true;
        }

        @Override
        public void worked(String relay) {
        }

        @Override
        public void failed(String relay, String why) {
        }
    };

    boolean mayTry(String relay);

    /** The relay took a connection: greeting, EHLO, TLS and login went well. */
    void worked(String relay);

    /**
     * It could not be connected to, greeted with a refusal, gave no service, or relays for nobody.
     *
     * @param why what was heard or went wrong, in one line
     */
    void failed(String relay, String why);

    /** True if a relay says by this refusal of an envelope that it does not relay for us: its fault or ours, and no recipient's. */
    default boolean refusesToRelay(SmtpReply reply) {
        return false;
    }
}
