package io.caravan.transport;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/**
 * Names by the DNS servers that the owner named, and by nobody else: what the system would answer may be of another network. Only what no DNS
 * server is there for comes from the system: the hosts file, which counts first as everywhere, {@code localhost}, and names of one label, for
 * which it has its search list, or a container's own names.
 */
public final class ServerNames implements HostNames {

    private final Dns dns;
    private final HostsFileParser hosts;

    /** With this system's hosts file; a change in it counts after five minutes at the latest. */
    public ServerNames(Dns dns) {
        this(dns, new HostsFileParser());
    }

    ServerNames(Dns dns, HostsFileParser hosts) {
        this.dns = dns;
        this.hosts = hosts;
    }

    @Override
    public List<InetAddress> of(String host) throws UnknownHostException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            // a name
        }
        String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        if (!name.contains(".") || name.endsWith(".localhost")) {
            return OF_SYSTEM.of(host);
        }
        List<InetAddress> here = inHostsFile(name);
        return here.isEmpty() ? ofServers(name) : here;
    }

    private List<InetAddress> ofServers(String name) throws UnknownHostException {
        return switch (dns.addresses(name)) {
            // IPv4 first, as Java has the system's: who names servers must not find that relays are tried in another order
            case Dns.Records<InetAddress> found -> found.list().stream()
                    .sorted(Comparator.comparing(Inet6Address.class::isInstance)).toList();
            case Dns.None<InetAddress> none -> throw new UnknownHostException("the host name " + name
                    + (none.nxdomain() ? " is not known to" : " has no address by") + " caravan.dns.servers");
            case Dns.Fault<InetAddress> fault -> throw new UnknownHostException(fault.toString());
        };
    }

    private synchronized List<InetAddress> inHostsFile(String name) {
        try {
            Name asked = Name.fromString(name, Name.root);
            return Stream.of(hosts.getAddressForHost(asked, Type.A), hosts.getAddressForHost(asked, Type.AAAA))
                    .flatMap(Optional::stream).toList();
        } catch (TextParseException e) {
            return List.of(); // no such name can exist: the DNS says so
        } catch (IOException e) {
            return List.of(); // a system without that file
        }
    }
}
