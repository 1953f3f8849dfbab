package io.caravan.mail;

/**
 * What one attempt came to. Outcomes are values: a 550 is {@link Bounced}, never a throw.
 *
 * <p>{@code host} is who said it, {@code status} the enhanced status or {@code ""}, {@code reply} the last line heard or {@code ""}.
 */
public sealed interface DeliveryResult {

    String host();

    String status();

    String reply();

    /** The ledger's reason: one short line, {@code ""} if there is nothing to say. */
    String reason();

    /** The remote took custody (a 250 after the dot). */
    record Accepted(String host, String status, String reply) implements DeliveryResult {
        @Override
        public String reason() {
            return "";
        }
    }

    /**
     * Not now: a 4xx, a dead connection before the dot, no relay. Counts as an attempt; when to try again is not the transport's to say.
     *
     * @param verb the command that was answered, {@code RCPT}; {@code ""}: no host said it, or nobody remembers
     */
    record Deferred(String host, String status, String reply, String reason, String verb) implements DeliveryResult {

        public Deferred(String host, String status, String reply, String reason) {
            this(host, status, reply, reason, "");
        }
    }

    /**
     * Refused for good. The reason starts with the class, {@code hard}, {@code soft} or {@code policy}. The class is what the command and
     * the code alone allow to say; what the words mean is for those to judge who settle it.
     *
     * @param verb the command that was answered, {@code RCPT}; {@code ""}: no host said it
     */
    record Bounced(String host, String status, String reply, BounceClass bounceClass, String verb)
            implements
                DeliveryResult {

        public Bounced(String host, String status, String reply, BounceClass bounceClass) {
            this(host, status, reply, bounceClass, "");
        }

        @Override
        public String reason() {
            return bounceClass.word() + (status.isEmpty() ? "" : " " + status);
        }
    }

    /** Our own fault: rendering, configuration, a missing key. Nothing was sent. */
    record Failed(String reason) implements Unsent {
    }

    /** The gate, or the second look just before DATA, found the person suppressed. Nothing was sent. */
    record Suppressed(String reason) implements Unsent {
    }

    /** Nothing was tried (stopping, lease too old, batch cancelled): the row goes back as it was and counts no attempt. */
    record NotTried(String reason) implements Unsent {
    }

    /** The final dot went out and the answer was lost: nobody here can know (RFC 1047). */
    record InDoubt(String host, String reason) implements DeliveryResult {
        @Override
        public String status() {
            return "";
        }

        @Override
        public String reply() {
            return "";
        }
    }

    /** The complaint that a report brought for a mail that had been accepted. */
    record Complained(String host, String reason) implements DeliveryResult {
        @Override
        public String status() {
            return "";
        }

        @Override
        public String reply() {
            return "";
        }
    }

    /** What never met a host. */
    sealed interface Unsent extends DeliveryResult {
        @Override
        default String host() {
            return "";
        }

        @Override
        default String status() {
            return "";
        }

        @Override
        default String reply() {
            return "";
        }
    }
}
