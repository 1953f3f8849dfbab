package io.caravan.flow;

/** What the DNS has where the record of a key should stand. */
public sealed interface RecordFound {

    /** Receivers can verify what the key signs. */
    record Right() implements RecordFound {
    }

    /**
     * They cannot.
     *
     * @param what   is wrong, and where
     * @param record what to put there
     */
    record Wrong(String what, String record) implements RecordFound {

        /** Both in one sentence, without its stop. */
        public String advice() {
            return what + "; put there exactly one TXT record, " + record;
        }
    }

    /** The DNS gives no answer, which says nothing of the record. @param why with the record's name */
    record Unknown(String why) implements RecordFound {
    }
}
