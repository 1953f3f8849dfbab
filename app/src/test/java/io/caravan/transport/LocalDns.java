package io.caravan.transport;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A DNS server on loopback, UDP and TCP, that answers from what it was told and knows for certain that nothing else exists; and that can be
 * made to fail by name, or as a whole.
 *
 * <p>{@code new LocalDns().with("example.org", "MX", "10 mx.example.org.").start()}
 */
public final class LocalDns implements AutoCloseable {

    /** How a name is answered instead of well. */
    public enum Fault {
        SERVFAIL, REFUSED, SILENCE, TRUNCATED_UDP, REFERRAL,
        /** What it denies it denies without SOA, or with that of another zone, as filters do; or the root's is there. */
        NO_SOA, SOA_OF_A_FILTER, SOA_OF_THE_ROOT
    }

    private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
    private final Map<Name, Fault> faults = new ConcurrentHashMap<>();
    private final Map<String, Fault> faultsByType = new ConcurrentHashMap<>();
    private final Set<Name> authentic = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final List<AutoCloseable> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger overTcp = new AtomicInteger();
    private volatile Fault everything;
    private volatile Duration delay = Duration.ZERO;
    private volatile long ttl = 300;
    private volatile long negativeTtl = 60;
    private int port;

    /** @param value as a zone file has it, names with a dot at the end */
    public LocalDns with(String name, String type, String value) {
        try {
            Name owner = name(name);
            records.computeIfAbsent(owner, _ -> new CopyOnWriteArrayList<>())
                    .add(Record.fromString(owner, Type.value(type), DClass.IN, ttl, value, Name.root));
            return this;
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " " + type + " " + value, e);
        }
    }

    /** A domain, its mail exchanger and its address at once. */
    public LocalDns withMx(String domain, int preference, String host, String address) {
        with(domain, "MX", preference + " " + host + ".");
        return records.containsKey(name(host)) ? this : with(host, "A", address);
    }

    public LocalDns without(String name) {
        records.remove(name(name));
        return this;
    }

    /** As if a resolver had validated it. */
    public LocalDns validated(String name) {
        authentic.add(name(name));
        return this;
    }

    /** For what is told from now on. */
    public LocalDns ttl(long seconds) {
        ttl = seconds;
        return this;
    }

    public LocalDns negativeTtl(long seconds) {
        negativeTtl = seconds;
        return this;
    }

    /** Null: well again. */
    public LocalDns failing(String name, Fault how) {
        if (how == null) {
            faults.remove(name(name));
        } else {
            faults.put(name(name), how);
        }
        return this;
    }

    /** One type of a name only; null: well again. */
    public LocalDns failing(String name, String type, Fault how) {
        if (how == null) {
            faultsByType.remove(name(name) + " " + type);
        } else {
            faultsByType.put(name(name) + " " + type, how);
        }
        return this;
    }

    /** Null: well again. */
    public LocalDns failing(Fault how) {
        everything = how;
        return this;
    }

    public LocalDns delaying(Duration each) {
        delay = each;
        return this;
    }

    public LocalDns start() throws IOException {
        return start(0);
    }

    public LocalDns start(int onPort) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket tcp = new ServerSocket(onPort, 100, loopback);
        port = tcp.getLocalPort();
        DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, port));
        sockets.add(udp);
        sockets.add(tcp);
        Thread.ofPlatform().daemon().name("dns-udp").start(() -> serve(udp));
        Thread.ofPlatform().daemon().name("dns-tcp").start(() -> serve(tcp));
        return this;
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int port() {
        return port;
    }

    /** How often it was asked for this. */
    public int asked(String name, String type) {
        AtomicInteger count = asked.get(name(name) + " " + type);
        return count == null ? 0 : count.get();
    }

    public int asked() {
        return asked.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    public int overTcp() {
        return overTcp.get();
    }

    private void serve(DatagramSocket socket) {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                Message query = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                Thread.ofVirtual().start(() -> {
                    byte[] answer = answer(query, true);
                    if (answer.length > 0) {
                        try {
                            socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                        } catch (IOException e) {
                            // closed meanwhile
                        }
                    }
                });
            } catch (IOException e) {
                // closed, or no DNS message
            }
        }
    }

    private void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (socket) {
                        DataInputStream in = new DataInputStream(socket.getInputStream());
                        byte[] query = in.readNBytes(in.readUnsignedShort());
                        overTcp.incrementAndGet();
                        byte[] answer = answer(new Message(query), false);
                        if (answer.length > 0) {
                            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                            out.writeShort(answer.length);
                            out.write(answer);
                            out.flush();
                        }
                    } catch (IOException e) {
                        // the client went away
                    }
                });
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private byte[] answer(Message query, boolean udp) {
        Record question = query.getQuestion();
        asked.computeIfAbsent(question.getName() + " " + Type.string(question.getType()), _ -> new AtomicInteger())
                .incrementAndGet();
        pause();
        Fault fault = everything != null
                ? everything
                : faultsByType.getOrDefault(question.getName() + " " + Type.string(question.getType()),
                        faults.get(question.getName()));
        if (fault == Fault.SILENCE) {
            return new byte[0];
        }
        Message answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        if (fault == Fault.SERVFAIL || fault == Fault.REFUSED) {
            answer.getHeader().setRcode(fault == Fault.SERVFAIL ? Rcode.SERVFAIL : Rcode.REFUSED);
        } else if (fault == Fault.TRUNCATED_UDP && udp) {
            answer.getHeader().setFlag(Flags.TC);
        } else if (fault == Fault.REFERRAL) {
            answer.addRecord(new NSRecord(question.getName(), DClass.IN, ttl, name("ns.elsewhere.test")),
                    Section.AUTHORITY);
        } else {
            fill(answer, question, fault);
        }
        return answer.toWire();
    }

    private void fill(Message answer, Record question, Fault fault) {
        Name owner = question.getName();
        if (authentic.contains(owner)) {
            answer.getHeader().setFlag(Flags.AD);
        }
        boolean found = false;
        for (int links = 0; links < 10 && !found; links++) {
            Name next = null;
            for (Record record : records.getOrDefault(owner, List.of())) {
                if (record.getType() == question.getType() || record.getType() == Type.CNAME) {
                    answer.addRecord(record, Section.ANSWER);
                    found |= record.getType() == question.getType();
                    next = record instanceof org.xbill.DNS.CNAMERecord alias ? alias.getTarget() : next;
                }
            }
            if (next == null) {
                break;
            }
            owner = next;
        }
        if (!found) {
            boolean exists = records.containsKey(owner);
            answer.getHeader().setRcode(exists ? Rcode.NOERROR : Rcode.NXDOMAIN);
            Name zone = fault == Fault.SOA_OF_A_FILTER
                    ? name("filter.test")
                    : fault == Fault.SOA_OF_THE_ROOT ? Name.root : exists ? owner : new Name(owner, 1);
            if (fault != Fault.NO_SOA) {
                answer.addRecord(new SOARecord(zone, DClass.IN, negativeTtl, name("ns.zone.test"),
                        name("admin.zone.test"), 1, 3600, 600, 86400, negativeTtl), Section.AUTHORITY);
            }
        }
    }

    private void pause() {
        if (!delay.isZero()) {
            try {
                Thread.sleep(delay); // a slow server; nothing waits for it by sleeping
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text, Name.root);
        } catch (TextParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable socket : new ArrayList<>(sockets)) {
            try {
                socket.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        sockets.clear();
    }
}
