package io.caravan.transport;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.SmtpReply;

/**
 * A connection to a relay that is ready for MAIL: greeted, introduced, encrypted and logged in as its policy says.
 *
 * @param peer the host and its address, as people read it
 * @param only for mail of the domain that it was made for: the certificate names that one, and not the host
 * @param can  what the host offered last (after STARTTLS only what it said under TLS counts, RFC 3207 section 4.2)
 */
record Session(Relay relay, String peer, boolean only, Wire wire, Capabilities can,
        Waits waits) implements AutoCloseable {

    /** @throws LineLost saying why this host gives no service now */
    static Session open(Target target, Transport.Settings settings, Watchdog watchdog) throws LineLost {
        Opening first = new Opening(target, settings, watchdog, true);
        try {
            return first.open();
        } catch (HandshakeFailed e) {
            first.tells(TlsResult.VALIDATION_FAILURE);
            String demand = target.policy().demand();
            if (demand != null) {
                throw new TlsFailed(TlsFailed.NOT_VERIFIED, TlsResult.VALIDATION_FAILURE,
                        e.why.said() + ", and " + demand, e.why);
            }
        } catch (TlsFailed e) {
            first.tells(e.result);
            throw e;
        }
        try {
            return new Opening(target, settings, watchdog, false).open();
        } catch (HandshakeFailed again) {
            throw again.why; // not possible: nothing was encrypted
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
        private final Target target;
        private final Relay relay;
        private final Transport.Settings settings;
        private final Duration wait;
        private final boolean mayEncrypt;
        private final Wire wire;
        private boolean encrypted;
        private boolean only;

        Opening(Target target, Transport.Settings settings, Watchdog watchdog, boolean mayEncrypt) throws LineLost {
            this.target = target;
            relay = target.relay();
            this.settings = settings;
            this.mayEncrypt = mayEncrypt;
            wait = settings.waits().greeting();
            wire = Wire.connect(relay, target.address(), settings, watchdog);
        }

        void tells(TlsResult result) {
            target.tls().accept(result, wire.from());
        }

        Session open() throws LineLost, HandshakeFailed {
            boolean ready = false;
            try {
                if (relay.tls().isImplicit()) {
                    tells(handshake());
                }
                positive(Stage.GREETING, wire.reply(Stage.GREETING, wait));
                Capabilities can = introduce();
                TlsResult underTls = !encrypted && wantsStartTls(can) ? startTls() : null;
                if (underTls != null) {
                    can = introduceAgain(underTls);
                }
                if (relay.user() != null) {
                    login(can, relay.user(), relay.password() == null ? "" : relay.password());
                }
                ready = true;
                return new Session(relay, target.peer(), only, wire, can, settings.waits());
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

        /** In TLS 1.3 our side of the handshake is over before the host has judged it: what it has against it, it shows only now. */
        private Capabilities introduceAgain(TlsResult handshake) throws LineLost, HandshakeFailed {
            try {
                Capabilities can = introduce();
                tells(handshake);
                return can;
            } catch (LineLost e) {
                if (e.reply == null && target.policy().demand() == null) {
                    throw new HandshakeFailed(e);
                }
                tells(handshake);
                throw e;
            }
        }

        private boolean wantsStartTls(Capabilities can) throws LineLost {
            String demand = target.policy().demand();
            if (demand != null && !can.startTls()) {
                throw new TlsFailed(TlsFailed.NOT_OFFERED, TlsResult.STARTTLS_NOT_SUPPORTED,
                        target.host() + " offers no STARTTLS, and " + demand);
            }
            if (target.policy() instanceof TlsPolicy.Plain || !mayEncrypt) {
                return false;
            }
            if (!can.startTls()) {
                tells(TlsResult.STARTTLS_NOT_SUPPORTED);
            }
            return can.startTls();
        }

        /** How the handshake went; null: it goes on in the clear. */
        private @Nullable TlsResult startTls() throws LineLost, HandshakeFailed {
            SmtpReply reply = ask("STARTTLS", Stage.STARTTLS);
            if (reply.code() != 220) {
                if (target.policy().demand() == null && reply.code() != 421 && !reply.isIntermediate()) {
                    tells(TlsResult.STARTTLS_NOT_SUPPORTED);
                    return null;
                }
                throw new TlsFailed(TlsResult.STARTTLS_NOT_SUPPORTED, "STARTTLS: " + reply.oneLine(), reply);
            }
            if (wire.saysMore()) { // CVE-2011-0411: commands or replies slipped in before the handshake
                throw refusal(
                        "sent something between its answer to STARTTLS and the handshake: somebody injects, or it is broken");
            }
            return handshake();
        }

        private TlsResult handshake() throws HandshakeFailed, TlsFailed {
            List<X509Certificate> chain;
            try {
                chain = wire.encrypt(target.tlsName(), target.policy().judges(), wait);
            } catch (LineLost e) {
                throw new HandshakeFailed(e);
            }
            TlsResult result = verified(chain);
            encrypted = true;
            return result;
        }

        private TlsResult verified(List<X509Certificate> chain) throws TlsFailed {
            switch (target.policy()) {
                case TlsPolicy.Opportunistic(TlsPolicy.Verified watched) when watched != null -> {
                    return watched(chain, watched);
                }
                case TlsPolicy.Verified verified -> settings.trust().check(chain, verified);
                case TlsPolicy.Dane dane ->
                    only = DaneCheck.check(chain, dane, target.host()) == DaneCheck.For.THE_NEXT_HOP;
                case TlsPolicy.Plain _,TlsPolicy.Opportunistic _,TlsPolicy.Encrypted _ -> {
                }
            }
            return TlsResult.SUCCESS;
        }

        private TlsResult watched(List<X509Certificate> chain, TlsPolicy.Verified policy) {
            try {
                settings.trust().check(chain, policy);
                return TlsResult.SUCCESS;
            } catch (TlsFailed e) {
                return e.result;
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
                throw new LoginRefused(
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
