package io.caravan.mailauth;

import java.util.List;

/** The one port of this room: what the DNS says. */
@FunctionalInterface
public interface Names {

    /**
     * Looks up records of one type; aliases (CNAME) are followed.
     *
     * @param name a domain name in ASCII without the last dot, any case, labels of 1 to 63 bytes, 253 bytes at most
     */
    Answer look(Type type, String name);

    /** How each record is written in {@link Answer.Found}. */
    enum Type {
        /** The strings of a record joined, one character per byte (ISO 8859-1). */
        TXT,
        /** An IPv4 address as text. */
        A,
        /** An IPv6 address as text. */
        AAAA,
        /** The host, without the last dot (empty for a null MX); in order of preference. */
        MX,
        /** The host, without the last dot. */
        PTR
    }

    /** What came back. */
    sealed interface Answer {

        /** @param values at least one */
        record Found(List<String> values) implements Answer {
            public Found {
                values = List.copyOf(values);
            }
        }

        /**
         * No such record, and that is sure.
         *
         * @param nameExists false if neither the name nor any below it exists: NXDOMAIN, and the name is no alias, since then it is the last
         *                   target that does not exist (RFC 8020 section 2, RFC 6604 section 3)
         */
        record None(boolean nameExists) implements Answer {
        }

        /** No answer, or one that says nothing: time-out, SERVFAIL. @param why what was asked and what happened */
        record Fault(String why) implements Answer {
        }
    }
}
