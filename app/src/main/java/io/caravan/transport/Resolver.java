package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Asks recursive resolvers, over UDP and over TCP when an answer was cut short, and remembers what they said ({@link DnsMemory}).
 */
public final class Resolver implements Dns {

    static {
        // its hook would end the look-ups while this node's own stop still lets open mail finish
        System.setProperty("dnsjava.nio.register_shutdown_hook", "false");
    }

    private static final Duration NO_NAME = Duration.ofHours(1);
    private static final int ROUNDS = 2; // a datagram may be lost
    private static final int PAYLOAD = 1232; // fits one packet everywhere, so no answer comes in fragments that can be forged

    private static final Duration SYSTEM = Duration.ofSeconds(30); // as Java does for its own look-ups

    private record Servers(List<InetSocketAddress> all, long readAt) {
    }

    private volatile Servers servers;
    private final boolean named;
    private final Duration timeout;
    private final DnsMemory memory;
    private final Denials denials = new Denials();
    private final LongSupplier nanoTime;

    /**
     * @param servers  asked in this order; empty: the system's, which change with its network. That an answer was validated is believed of these and of servers on this
     *                 machine, not of whatever the system was given by its network
     * @param timeout  for one question to one server
     * @param entries  answers that are remembered at most
     * @param nanoTime monotonic
     */
    public Resolver(List<InetSocketAddress> servers, Duration timeout, int entries, LongSupplier nanoTime) {
        named = !servers.isEmpty();
        this.servers = new Servers(
                named ? List.copyOf(servers) : ResolverConfig.getCurrentConfig().servers(), nanoTime.getAsLong());
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        memory = new DnsMemory(entries, nanoTime);
    }

    public Denials denials() {
        return denials;
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return records(domain, Type.MX, MXRecord.class, mx -> new Mx(mx.getPriority(), host(mx.getTarget())));
    }

    @Override
    public Answer<String> alias(String name) {
        return records(name, Type.CNAME, CNAMERecord.class, cname -> host(cname.getTarget()));
    }

    @Override
    public Answer<InetAddress> addresses(String host) {
        CompletableFuture<Answer<InetAddress>> six = CompletableFuture.supplyAsync( // also an Error ends the wait for it
                () -> records(host, Type.AAAA, AAAARecord.class, AAAARecord::getAddress),
                work -> Thread.ofVirtual().name("dns-aaaa").start(work));
        Answer<InetAddress> four = records(host, Type.A, ARecord.class, ARecord::getAddress);
        return both(host, six.join(), four);
    }

    @Override
    public Answer<Tlsa> tlsa(int port, String host) {
        return records("_" + port + "._tcp." + host, Type.TLSA, TLSARecord.class,
                tlsa -> new Tlsa(tlsa.getCertificateUsage(), tlsa.getSelector(), tlsa.getMatchingType(),
                        HexFormat.of().formatHex(tlsa.getCertificateAssociationData())));
    }

    @Override
    public Answer<String> txt(String name) {
        return records(name, Type.TXT, TXTRecord.class, Resolver::joined);
    }

    private static String joined(TXTRecord txt) {
        StringBuilder text = new StringBuilder();
        txt.getStringsAsByteArrays().forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    private static String host(Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT).replaceAll("\\.$", ""); // the root stays "."  without this
    }

    /** A server that knows nothing of IPv6 must not keep back what it says of IPv4. */
    private static Answer<InetAddress> both(String host, Answer<InetAddress> six, Answer<InetAddress> four) {
        if (six instanceof Records<InetAddress> a && four instanceof Records<InetAddress> b) {
            List<InetAddress> all = new ArrayList<>(a.list());
            all.addAll(b.list());
            return new Records<>(all, shorter(a.ttl(), b.ttl()), a.authentic() && b.authentic(),
                    a.name().equals(b.name()) ? a.name() : host.toLowerCase(Locale.ROOT)); // an alias that is just being changed
        }
        if (six instanceof None<InetAddress> a && four instanceof None<InetAddress> b) {
            return new None<>(a.nxdomain() && b.nxdomain(), shorter(a.ttl(), b.ttl()),
                    a.authentic() && b.authentic(), a.doubt() == null ? b.doubt() : a.doubt());
        }
        if (four instanceof Records<InetAddress>) {
            return four;
        }
        return six instanceof Records<InetAddress> || six instanceof Fault<InetAddress> ? six : four;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private <R extends Record, T> Answer<T> records(String name, int type, Class<R> kind, Function<R, T> read) {
        Name asked;
        try {
            asked = Name.fromString(name.toLowerCase(Locale.ROOT), Name.root);
        } catch (TextParseException e) {
            return None.certain(true, NO_NAME, false); // a label of 64 letters: no such name can exist
        }
        DnsMemory.Said said = memory.get(new DnsMemory.Question(asked, type), () -> ask(asked, type));
        return switch (said.outcome()) {
            case RECORDS -> new Records<>(said.records().stream().map(kind::cast).map(read).toList(), said.ttl(),
                    said.authentic(), host(said.records().getFirst().getName()));
            case NO_DATA -> new None<>(false, said.ttl(), said.authentic(), doubt(said));
            case NXDOMAIN -> new None<>(true, said.ttl(), said.authentic(), doubt(said));
            case FAULT -> new Fault<>(said.server(), said.why());
        };
    }

    private static <T> @Nullable Fault<T> doubt(DnsMemory.Said said) {
        return said.isDoubtful() ? new Fault<>(said.server(), said.why()) : null;
    }

    private DnsMemory.Said ask(Name name, int type) {
        DnsMemory.Said last = DnsMemory.Said.fault("(none)",
                "is missing: this system names none; set caravan.dns.servers");
        DnsMemory.Said doubtful = null;
        for (int round = 0; round < ROUNDS && doubtful == null; round++) {
            for (InetSocketAddress server : servers()) {
                last = ask(server, name, type);
                denials.heard(last);
                if (last.isDoubtful()) {
                    doubtful = last; // the next server may know better
                } else if (last.outcome() != DnsMemory.Outcome.FAULT) {
                    return last;
                }
            }
        }
        return doubtful == null ? last : doubtful;
    }

    private List<InetSocketAddress> servers() {
        Servers known = servers;
        long now = nanoTime.getAsLong();
        if (named || now - known.readAt() < SYSTEM.toNanos()) {
            return known.all();
        }
        ResolverConfig.refresh();
        servers = new Servers(ResolverConfig.getCurrentConfig().servers(), now);
        return servers.all();
    }

    private DnsMemory.Said ask(InetSocketAddress server, Name name, int type) {
        String whom = told(server);
        try {
            Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
            query.getHeader().setFlag(Flags.AD); // RFC 6840 5.7: say whether it is validated
            Message answer = client(server).send(query);
            int code = answer.getRcode();
            if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
                return DnsMemory.Said.fault(whom, "answered " + Rcode.string(code) + " for " + name);
            }
            boolean authentic = answer.getHeader().getFlag(Flags.AD)
                    && (named || server.getAddress().isLoopbackAddress());
            return DnsReading.of(answer, name, type, authentic, whom);
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return DnsMemory.Said.fault(whom, "gave no answer for " + name + " (" + why + ")");
        }
    }

    private static String told(InetSocketAddress server) {
        InetAddress address = server.getAddress();
        String host = address == null ? server.getHostString() : address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + server.getPort();
    }

    /**
     * What the library has yet to do with an answer it does in threads of ours, one each. Left alone it uses the JVM's common pool, as many threads
     * as cores, and whatever blocks there would hold up all mail.
     */
    private static final class Client extends SimpleResolver {

        Client(InetSocketAddress server) {
            super(server);
        }

        @Override
        public CompletionStage<Message> sendAsync(Message query) {
            return sendAsync(query, rest -> Thread.ofVirtual().name("dns-answer").start(rest));
        }
    }

    private SimpleResolver client(InetSocketAddress server) throws UnknownHostException {
        if (server.isUnresolved()) {
            throw new UnknownHostException(server.getHostString() + " is no address");
        }
        SimpleResolver client = new Client(server);
        client.setTimeout(timeout);
        client.setEDNS(0, PAYLOAD, 0, List.of());
        return client;
    }
}
