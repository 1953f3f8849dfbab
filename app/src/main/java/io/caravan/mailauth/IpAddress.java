package io.caravan.mailauth;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/** An address of a client or of a network; an IPv4 address that is written as a mapped IPv6 one is IPv4 (RFC 7208 section 5). */
record IpAddress(InetAddress address) {

    private static final String QNUM = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]\\d|\\d)";
    private static final Pattern IPV4 = Pattern.compile(QNUM + "(?:\\." + QNUM + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:]*[0-9A-Fa-f:.]*");
    private static final int GROUPS = 8;

    static Optional<IpAddress> parse(String text) {
        if (IPV4.matcher(text).matches() || isIpv6(text)) {
            try {
                return Optional.of(new IpAddress(InetAddress.ofLiteral(text)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Written as IPv6, be it a mapped IPv4 address: what {@code ip6:} may name. */
    static boolean isIpv6(String text) {
        int dot = text.indexOf('.');
        return IPV6.matcher(text).matches()
                && (dot < 0 || IPV4.matcher(text.substring(text.lastIndexOf(':') + 1)).matches());
    }

    boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    int bits() {
        return address.getAddress().length * Byte.SIZE;
    }

    /** True if the first bits of both are the same and they are of one family. */
    boolean isIn(@Nullable IpAddress network, int bits) {
        if (network == null) {
            return false;
        }
        byte[] mine = address.getAddress();
        byte[] theirs = network.address.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int mask = bits - bit >= Byte.SIZE ? 0xff : 0xff << Byte.SIZE - (bits - bit);
            if (((mine[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The name below which its PTR records are: {@code 4.3.2.1.in-addr.arpa} (RFC 1035 section 3.5, RFC 3596 section 2.5). */
    String pointer() {
        String[] parts = dotted().split("\\.");
        String reversed = IntStream.range(0, parts.length).mapToObj(i -> parts[parts.length - 1 - i])
                .collect(Collectors.joining("."));
        return reversed + "." + family() + ".arpa";
    }

    /** The macro {@code v} (RFC 7208 section 7.2). */
    String family() {
        return isIpv6() ? "ip6" : "in-addr";
    }

    /** The macro {@code i}: IPv4 as usual, IPv6 as 32 hexadecimal digits with dots between (RFC 7208 section 7.3). */
    String dotted() {
        byte[] bytes = address.getAddress();
        if (!isIpv6()) {
            return address.getHostAddress();
        }
        return IntStream.range(0, bytes.length * 2)
                .mapToObj(i -> Integer.toHexString(bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf))
                .collect(Collectors.joining("."));
    }

    /** As people write it; IPv6 by RFC 5952: the longest run of zero groups is {@code ::}. */
    @Override
    public String toString() {
        if (!isIpv6()) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = IntStream.range(0, GROUPS)
                .map(i -> (bytes[2 * i] & 0xff) << Byte.SIZE | bytes[2 * i + 1] & 0xff).toArray();
        int best = 0;
        int longest = 1; // one group alone is not shortened
        for (int i = 0; i < GROUPS; i++) {
            int run = i;
            while (run < GROUPS && groups[run] == 0) {
                run++;
            }
            if (run - i > longest) {
                longest = run - i;
                best = i;
            }
        }
        if (longest == 1) {
            return hex(groups, 0, GROUPS);
        }
        return hex(groups, 0, best) + "::" + hex(groups, best + longest, GROUPS);
    }

    private static String hex(int[] groups, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> Integer.toHexString(groups[i])).collect(Collectors.joining(":"));
    }
}
