package io.caravan.transport;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.caravan.mail.DeliveryResult;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

import static io.caravan.transport.ScriptedSink.drip;
import static io.caravan.transport.ScriptedSink.drop;
import static io.caravan.transport.ScriptedSink.raw;
import static io.caravan.transport.ScriptedSink.reply;
import static io.caravan.transport.ScriptedSink.replyAndClose;
import static io.caravan.transport.ScriptedSink.stall;
import static io.caravan.transport.ScriptedSink.takeAndDrop;

/**
 * One thing that a host does wrong (or oddly, and right) at one verb, and what then must become of a mail that is the first on its
 * connection: before the final dot a broken line is a deferral, after it a doubt, and a reply is a reply.
 *
 * @param offersTls what makes sense only of a host that offers STARTTLS
 */
record Misdeed(String name, Verb verb, Act act, Class<? extends DeliveryResult> result, boolean offersTls) {

    private static final Class<? extends DeliveryResult> ACCEPTED = DeliveryResult.Accepted.class;
    private static final Class<? extends DeliveryResult> DEFERRED = DeliveryResult.Deferred.class;
    private static final Class<? extends DeliveryResult> BOUNCED = DeliveryResult.Bounced.class;
    private static final Class<? extends DeliveryResult> IN_DOUBT = DeliveryResult.InDoubt.class;
    private static final List<Verb> VERBS = List.of(Verb.GREETING, Verb.EHLO, Verb.MAIL, Verb.RCPT, Verb.DATA,
            Verb.DOT);
    private static final int[] TEMPORARY = {400, 421, 432, 450, 451, 452, 454, 499};
    private static final int[] PERMANENT = {521, 541, 550, 551, 552, 553, 554, 556, 571, 599};
    static final int KINDS = 26;
    /** Of these, the first so many need no STARTTLS. */
    static final int KINDS_WITHOUT_STARTTLS = 23;

    static Misdeed any(Random random, int kind) {
        Verb verb = VERBS.get(random.nextInt(VERBS.size()));
        String good = good(verb);
        int temporary = TEMPORARY[random.nextInt(TEMPORARY.length)];
        int permanent = PERMANENT[random.nextInt(PERMANENT.length)];
        return switch (kind) {
            case 0 -> new Misdeed("says " + temporary, verb, reply(temporary + " 4.3.0 not now"), DEFERRED, false);
            case 1 -> new Misdeed("says " + permanent, verb, reply(permanent + " no"), refused(verb), false);
            case 2 -> new Misdeed("says " + permanent + " in many lines", verb,
                    reply(permanent + "-5.0.0 this", permanent + "-", permanent + " 5.0.0 is why"), refused(verb),
                    false);
            case 3 -> new Misdeed("says 421 and leaves", verb, replyAndClose("421 4.3.2 bye"), DEFERRED, false);
            case 4 -> new Misdeed("says yes in odd lines", verb, lines(good + "-", good + "-\0\u0001", good), ACCEPTED,
                    false);
            case 5 ->
                new Misdeed("ends lines with LF alone", verb, odd(good + "-one\n" + good + " two\n", good), ACCEPTED,
                        false);
            case 6 -> new Misdeed("says a very long yes", verb, lines(good + " " + "x".repeat(1500)), ACCEPTED, false);
            case 7 ->
                broken("changes its code within a reply", verb, raw(good + "-x\r\n" + good.charAt(0) + "99 y\r\n"));
            case 8 -> broken("says bytes", verb, bytes(random));
            case 9 -> broken("says half a reply and leaves", verb, then(raw(good.substring(0, 2)), drop()));
            case 10 -> broken("says half a reply and no more", verb, then(raw(good + " almo"), stall()));
            case 11 -> broken("says a byte a second", verb, drip(good + " 2.0.0 slowly", Duration.ofMillis(150)));
            case 12 -> broken("says a line without end", verb, raw(good + " " + "x".repeat(100_000)));
            case 13 -> broken("says lines without end", verb, raw((good + "-more\r\n").repeat(5000)));
            case 14 -> broken("says " + (100 + random.nextInt(100)), verb, raw(100 + random.nextInt(100) + " hm\r\n"));
            case 15 -> broken("says NULs", verb, raw("\0\0\0\0\r\n"));
            case 16 -> broken("says empty lines", verb, raw("\r\n\r\n\r\n"));
            case 17 -> broken("leaves", verb, drop());
            case 18 -> broken("says nothing", verb, stall());
            case 19 -> broken("says what answers something else", verb,
                    reply((verb == Verb.DATA ? "250" : "354") + " 2.0.0 as you like"));
            case 20 -> broken("says a code of no digits", verb, raw("2x0 ok\r\n"));
            case 21 -> extra(verb, good);
            case 22 -> new Misdeed("takes the mail and leaves", Verb.DOT, takeAndDrop(), IN_DOUBT, false);
            case 23 -> new Misdeed("speaks on after its answer to STARTTLS", Verb.STARTTLS,
                    raw("220 go\r\n250 AUTH PLAIN\r\n"), DEFERRED, true);
            case 24 -> new Misdeed("leaves instead of a handshake", Verb.STARTTLS, then(raw("220 go\r\n"), drop()),
                    ACCEPTED, true);
            default -> new Misdeed("refuses what it offered", Verb.STARTTLS,
                    reply(temporary == 421 ? "454 no" : temporary + " no"),
                    ACCEPTED, true);
        };
    }

    private static String good(Verb verb) {
        return verb == Verb.GREETING ? "220" : verb == Verb.DATA ? "354" : "250";
    }

    /** Of those that answer for no mail, a refusal of EHLO means that the host is old. */
    private static Class<? extends DeliveryResult> refused(Verb verb) {
        return verb == Verb.GREETING ? DEFERRED : verb == Verb.EHLO ? ACCEPTED : BOUNCED;
    }

    private static Misdeed broken(String name, Verb verb, Act act) {
        return new Misdeed(name, verb, act, verb == Verb.DOT ? IN_DOUBT : DEFERRED, false);
    }

    /** An answer too many must never be taken for that to the next command, least of all to the final dot. */
    private static Misdeed extra(Verb verb, String good) {
        return new Misdeed("answers twice", verb, lines(good + " yes", "250 and yes"),
                verb == Verb.DOT ? ACCEPTED : DEFERRED, false);
    }

    private static Act lines(String... lines) {
        return odd(String.join("\r\n", lines) + "\r\n", lines[0].substring(0, 3));
    }

    /** Bytes that say yes. */
    private static Act odd(String bytes, String code) {
        return session -> {
            raw(bytes).at(session);
            return Integer.parseInt(code);
        };
    }

    private static Act then(Act first, Act second) {
        return session -> {
            first.at(session);
            return second.at(session);
        };
    }

    private static Act bytes(Random random) {
        StringBuilder bytes = new StringBuilder("\u00ff");
        for (int i = random.nextInt(3000); i > 0; i--) {
            bytes.append((char) random.nextInt(256));
        }
        return raw(bytes.append("\r\n").toString());
    }

    @Override
    public String toString() {
        return name + " at " + verb;
    }
}
