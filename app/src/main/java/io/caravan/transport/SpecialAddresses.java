package io.caravan.transport;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Whether mail may go where a stranger's DNS points at this machine, at its own network, or at nobody. Whoever listens on port 25 there was
 * not meant to be reached by strangers, and takes a mail from this machine for one of its own: it may send it back here.
 *
 * <p>Private networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7) are not special: mail hosts of one's own are often there. Nor are
 * this machine's other addresses: a mail server of the same owner may run beside this one.
 */
public enum SpecialAddresses {
    REFUSE, ALLOW;

    private static final int IPV4 = 4;
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff};
    private static final byte[] COMPATIBLE = new byte[12];
    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /** What a host is by its name alone ({@code localhost}, RFC 6761 section 6.3); null: ask for its addresses. */
    @Nullable
    String objection(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return this == REFUSE && (name.equals("localhost") || name.endsWith(".localhost")) ? "loopback" : null;
    }

    /** The kind of an address that no mail goes to, as people read it; null: it may. */
    @Nullable
    String objection(InetAddress address) {
        if (this == ALLOW) {
            return null;
        }
        String kind = kind(address);
        return kind == null && address instanceof Inet6Address six ? inside(six.getAddress()) : kind;
    }

    /** By RFC 6890 and RFC 1112. */
    private static @Nullable String kind(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return "loopback";
        }
        if (address.isLinkLocalAddress()) {
            return "link-local";
        }
        if (address.isMulticastAddress()) {
            return "multicast";
        }
        int first = address.getAddress()[0] & 0xff;
        boolean four = address.getAddress().length == IPV4;
        if (address.isAnyLocalAddress() || four && first == 0) {
            return "this machine";
        }
        return four && first >= 240 ? "reserved" : null;
    }

    /** An IPv4 address that is written as an IPv6 one leads to the same place: mapped ones by the kernel, 64:ff9b::/96 by a NAT64. */
    private static @Nullable String inside(byte[] six) {
        for (byte[] prefix : new byte[][]{MAPPED, COMPATIBLE, NAT64}) {
            if (Arrays.equals(six, 0, prefix.length, prefix, 0, prefix.length)) {
                try {
                    return kind(InetAddress.getByAddress(Arrays.copyOfRange(six, prefix.length, six.length)));
                } catch (UnknownHostException e) {
                    throw new IllegalStateException(e); // four bytes are always an address
                }
            }
        }
        return null;
    }
}
