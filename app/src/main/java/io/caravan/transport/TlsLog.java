package io.caravan.transport;

/** Hears how TLS went, session by session: what reports after RFC 8460 are made from. Called on sending threads; must be quick. */
public interface TlsLog {

    TlsLog NONE = (_, _) -> {
    };

    enum Policy {
        TLSA("tlsa"), STS("sts"), NONE("no-policy-found");

        private final String word;

        Policy(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * @param domain the recipients' domain, whose policy it is
     * @param policy which kind was applied
     * @param host   the mail exchanger; {@code ""}: it was not about one
     */
    record Entry(String domain, Policy policy, String host, TlsResult result) {
    }

    /**
     * What a report says beside it.
     *
     * @param policy as it was applied, line by line: an MTA-STS policy, or TLSA records; {@code ""}: not known, or none
     * @param from   our address; {@code ""}: there was no connection
     * @param to     the host's
     */
    record Seen(String policy, String from, String to) {
        static final Seen NOTHING = new Seen("", "", "");
    }

    void session(Entry entry, Seen seen);
}
