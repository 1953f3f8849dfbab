package io.caravan.transport;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * A connection to a relay that is ready for MAIL: greeted, introduced, encrypted and logged in as the relay's URI says.
 *
 * @param can what the host offered last (after STARTTLS only what it said under TLS counts, RFC 3207 section 4.2)
 */
record Session(Relay relay, Wire wire, Capabilities can, Waits waits) implements AutoCloseable {

    /** @throws LineLost saying why this relay gives no service now */
    static Session open(Relay relay, Transport.Settings settings, Watchdog watchdog) throws LineLost {
        return open(relay, null, settings, watchdog);
    }

    /** @param address of the host; null: any that the system knows */
    static Session open(Relay relay, @Nullable InetAddress address, Transport.Settings settings, Watchdog watchdog)
            throws LineLost {
        try {
            return new Opening(relay, address, settings, watchdog, true).open();
        } catch (HandshakeFailed e) {
            if (relay.tls() != Tls.OPPORTUNISTIC || relay.user() != null) {
                throw e.why;
            }
            try {
                return new Opening(relay, address, settings, watchdog, false).open();
            } catch (HandshakeFailed again) {
                throw again.why; // not possible: nothing was encrypted
            }
        }
    }

    SmtpReply reply(Stage stage, Duration wait) throws LineLost {
        SmtpReply reply = wire.reply(stage, wait);
        if (reply.code() == 421) {
            throw new LineLost(stage.word + ": " + reply.oneLine(), reply);
        }
        return reply;
    }

    /** Says goodbye; a host that does not answer at once is left without. */
    void quit() {
        try {
            wire.put("QUIT", Duration.ofSeconds(1));
            wire.flush(Duration.ofSeconds(1));
            wire.reply(Stage.QUIT, Duration.ofSeconds(1));
        } catch (LineLost e) {
            // it is over in either case
        }
    }

    @Override
    public void close() {
        wire.close();
    }

    private static final class HandshakeFailed extends Exception {
        private static final long serialVersionUID = 1L;
        final transient LineLost why;

        HandshakeFailed(LineLost why) {
            super(why);
            this.why = why;
        }
    }

    /** One session on its way up. */
    private static final class Opening {
        private final Relay relay;
        private final Transport.Settings settings;
        private final Duration wait;
        private final boolean mayEncrypt;
        private final Wire wire;
        private boolean encrypted;

        Opening(Relay relay, @Nullable InetAddress address, Transport.Settings settings, Watchdog watchdog,
                boolean mayEncrypt) throws LineLost {
            this.relay = relay;
            this.settings = settings;
            this.mayEncrypt = mayEncrypt;
            wait = settings.waits().greeting();
            wire = Wire.connect(relay, address, settings, watchdog);
        }

        Session open() throws LineLost, HandshakeFailed {
            boolean ready = false;
            try {
                if (relay.tls() == Tls.IMPLICIT) {
                    handshake();
                }
                positive(Stage.GREETING, wire.reply(Stage.GREETING, wait));
                Capabilities can = introduce();
                if (wantsStartTls(can) && startTls()) {
                    can = introduce();
                }
                if (relay.user() != null) {
                    login(can, relay.user(), relay.password() == null ? "" : relay.password());
                }
                ready = true;
                return new Session(relay, wire, can, settings.waits());
            } finally {
                if (!ready) {
                    wire.close();
                }
            }
        }

        private SmtpReply ask(String command, Stage stage) throws LineLost {
            wire.put(command, wait);
            wire.flush(wait);
            return wire.reply(stage, wait);
        }

        private static void positive(Stage stage, SmtpReply reply) throws LineLost {
            if (!reply.isPositive()) {
                throw new LineLost(stage.word + ": " + reply.oneLine(), reply);
            }
        }

        private Capabilities introduce() throws LineLost {
            SmtpReply ehlo = ask("EHLO " + settings.helo(), Stage.EHLO);
            if (ehlo.isPermanent()) { // RFC 5321 3.2: a host that does not know EHLO
                positive(Stage.EHLO, ask("HELO " + settings.helo(), Stage.EHLO));
                return Capabilities.NONE;
            }
            positive(Stage.EHLO, ehlo);
            return Capabilities.of(ehlo);
        }

        private boolean wantsStartTls(Capabilities can) throws LineLost {
            boolean needed = relay.tls() == Tls.REQUIRED || relay.tls() == Tls.OPPORTUNISTIC && relay.user() != null;
            if (needed && !can.startTls()) {
                String rule = relay.tls() == Tls.REQUIRED ? "tls=required" : "a login must not go in the clear";
                throw refusal("offers no STARTTLS, and " + rule + " (caravan.relays." + relay.name() + ".uri)");
            }
            return mayEncrypt && can.startTls() && (needed || relay.tls() == Tls.OPPORTUNISTIC);
        }

        private boolean startTls() throws LineLost, HandshakeFailed {
            SmtpReply reply = ask("STARTTLS", Stage.STARTTLS);
            if (reply.code() != 220) {
                if (relay.tls() == Tls.OPPORTUNISTIC && relay.user() == null && reply.code() != 421
                        && !reply.isIntermediate()) {
                    return false;
                }
                throw new LineLost("STARTTLS: " + reply.oneLine(), reply);
            }
            if (wire.saysMore()) { // CVE-2011-0411: commands or replies slipped in before the handshake
                throw refusal(
                        "sent something between its answer to STARTTLS and the handshake: somebody injects, or it is broken");
            }
            handshake();
            return true;
        }

        private void handshake() throws HandshakeFailed {
            try {
                wire.encrypt(relay, wait);
                encrypted = true;
            } catch (LineLost e) {
                throw new HandshakeFailed(e);
            }
        }

        private void login(Capabilities can, String user, String password) throws LineLost {
            if (!encrypted && relay.tls() != Tls.NONE) {
                throw refusal("is not encrypted, so the login was not sent");
            }
            SmtpReply reply;
            if (can.auth().contains("PLAIN")) { // RFC 4616
                reply = ask("AUTH PLAIN " + base64("\0" + user + "\0" + password), Stage.AUTH);
            } else if (can.auth().contains("LOGIN")) {
                reply = ask("AUTH LOGIN", Stage.AUTH);
                reply = reply.code() == 334 ? ask(base64(user), Stage.AUTH) : reply;
                reply = reply.code() == 334 ? ask(base64(password), Stage.AUTH) : reply;
            } else {
                throw refusal("offers neither AUTH PLAIN nor AUTH LOGIN");
            }
            if (reply.code() != 235) {
                throw new LineLost(
                        "login refused, see user and secret in caravan.relays." + relay.name() + ".uri: "
                                + reply.oneLine(),
                        reply);
            }
        }

        private static String base64(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        private LineLost refusal(String what) {
            return new LineLost(relay.host() + " " + what);
        }
    }
}
