package io.caravan.transport;

/** Hears how TLS went, session by session: what reports after RFC 8460 are made from. Called on sending threads; must be quick. */
public interface TlsLog {

    TlsLog NONE = _ -> {
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

    void session(Entry entry);
}
