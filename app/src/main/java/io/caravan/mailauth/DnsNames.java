package io.caravan.mailauth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;

import io.caravan.mail.InvalidInput;

/** Asks recursive resolvers, each question once, and no longer than a budget for all of them. For one check after another, not for many at once. */
public final class DnsNames implements Names {

    private static final Pattern SERVER = Pattern
            .compile("(?:\\[([0-9A-Fa-f:.]+)]|([0-9.]+))(?::(\\d{1,5}))?|([0-9A-Fa-f:.]+)");
    private static final int PORT = 53;
    private static final int PAYLOAD = 1232;
    private static final int LONGEST_CHAIN = 16;

    private final List<InetSocketAddress> servers;
    private final Duration timeout;
    private final long end;
    private final LongSupplier nanoTime;
    private final Map<String, Answer> known = new HashMap<>();

    /**
     * @param servers  addresses, with a port or without ({@code 127.0.0.1:5353}, {@code [::1]:53}); empty: the system's
     * @param timeout  for one question to one server
     * @param budget   for all questions; what is asked later is a fault (RFC 7208 section 4.6.4 asks for 20 s at least)
     * @param nanoTime monotonic
     * @throws InvalidInput naming each server that is no address
     */
    public DnsNames(List<String> servers, Duration timeout, Duration budget, LongSupplier nanoTime) {
        this.servers = servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : addresses(servers);
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        end = nanoTime.getAsLong() + budget.toNanos();
    }

    private static List<InetSocketAddress> addresses(List<String> written) {
        List<String> problems = new ArrayList<>();
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String each : written) {
            Matcher parts = SERVER.matcher(each.strip());
            String host = !parts.matches()
                    ? ""
                    : parts.group(1) != null
                            ? parts.group(1)
                            : parts.group(2) != null ? parts.group(2) : parts.group(4);
            int port = host.isEmpty() || parts.group(3) == null ? PORT : Integer.parseInt(parts.group(3));
            InetAddress address = IpAddress.parse(host).map(IpAddress::address).orElse(null);
            if (address == null || port < 1 || port > 65_535) {
                problems.add("caravan.dns.servers: '" + each
                        + "' is no address: write 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353");
            } else {
                addresses.add(new InetSocketAddress(address, port));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        return addresses;
    }

    @Override
    public Answer look(Type type, String name) {
        String question = type + " " + name.toLowerCase(Locale.ROOT);
        Answer answer = known.get(question);
        if (answer == null) {
            answer = ask(type, name);
            known.put(question, answer);
        }
        return answer;
    }

    private Answer ask(Type type, String name) {
        Answer last = new Answer.Fault("the system names no DNS server: set caravan.dns.servers");
        for (InetSocketAddress server : servers) {
            long left = end - nanoTime.getAsLong();
            if (left <= 0) {
                return new Answer.Fault(type + " of " + name + ": no time left to ask");
            }
            last = ask(server, Duration.ofNanos(Math.min(left, timeout.toNanos())), type, name);
            if (!(last instanceof Answer.Fault)) {
                return last;
            }
        }
        return last;
    }

    private static Answer ask(InetSocketAddress server, Duration wait, Type type, String name) {
        String whom = server.getHostString() + ":" + server.getPort();
        try {
            Name asked = Name.fromString(name.replace("\\", "\\\\").replace("@", "\\@"), Name.root);
            SimpleResolver client = new SimpleResolver(server);
            client.setTimeout(wait);
            client.setEDNS(0, PAYLOAD, 0, List.of());
            int code = org.xbill.DNS.Type.value(type.name());
            Message answer = client.send(Message.newQuery(Record.newRecord(asked, code, DClass.IN)));
            if (answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN) {
                return new Answer.Fault(
                        type + " of " + name + ": " + whom + " answers " + Rcode.string(answer.getRcode()));
            }
            return read(answer, asked, code);
        } catch (IOException | RuntimeException e) {
            String why = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
            return new Answer.Fault(type + " of " + name + ": " + whom + " gives no answer" + why);
        }
    }

    private static Answer read(Message answer, Name asked, int type) {
        Name owner = asked;
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            List<Record> found = new ArrayList<>();
            Name alias = null;
            for (Record record : answer.getSection(Section.ANSWER)) {
                if (record.getName().equals(owner) && record.getType() == type) {
                    found.add(record);
                } else if (record instanceof CNAMERecord cname && cname.getName().equals(owner)) {
                    alias = cname.getTarget();
                }
            }
            if (!found.isEmpty()) {
                return new Answer.Found(found.stream().sorted(Comparator.comparingInt(DnsNames::preference))
                        .map(DnsNames::value).toList());
            }
            if (alias == null) {
                return new Answer.None(!owner.equals(asked) || answer.getRcode() != Rcode.NXDOMAIN);
            }
            owner = alias;
        }
        return new Answer.Fault("aliases lead in a circle from " + asked);
    }

    private static int preference(Record record) {
        return record instanceof MXRecord mx ? mx.getPriority() : 0;
    }

    private static String value(Record record) {
        return switch (record) {
            case TXTRecord txt -> joined(txt);
            case ARecord a -> a.getAddress().getHostAddress();
            case AAAARecord aaaa -> aaaa.getAddress().getHostAddress();
            case MXRecord mx -> host(mx.getTarget());
            case PTRRecord ptr -> host(ptr.getTarget());
            default -> record.rdataToString();
        };
    }

    private static String joined(TXTRecord txt) {
        StringBuilder text = new StringBuilder();
        txt.getStringsAsByteArrays().forEach(part -> text.append(new String(part, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    private static String host(Name name) {
        return name.toString(true).replaceAll("\\.$", "");
    }
}
