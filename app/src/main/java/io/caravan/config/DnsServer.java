package io.caravan.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 127.0.0.1}, {@code 127.0.0.1:5353}, {@code ::1} or {@code [::1]:5353}: an address, since there is nobody yet to ask for a name. */
final class DnsServer {

    private static final int PORT = 53;
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+))(?::(\\d{1,5}))?");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private DnsServer() {
    }

    static InetSocketAddress parse(String written) {
        String text = written.strip();
        Matcher parts = WITH_PORT.matcher(text);
        try {
            if (parts.matches()) {
                String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
                int port = parts.group(3) == null ? PORT : Integer.parseInt(parts.group(3));
                if (port >= 1 && port <= 65535) {
                    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
                }
            } else if (IPV6.matcher(text).matches()) {
                return new InetSocketAddress(InetAddress.ofLiteral(text), PORT);
            }
        } catch (IllegalArgumentException e) {
            // the sentence below
        }
        throw new StartRefused("caravan.dns.servers: '" + written
                + "' is no address: write 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353");
    }
}
