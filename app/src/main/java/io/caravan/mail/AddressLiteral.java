package io.caravan.mail;

import java.util.Locale;
import java.util.regex.Pattern;

/** An address literal, {@code [192.0.2.1]} or {@code [IPv6:...]} (RFC 5321 section 4.1.3). Other tags are not registered: refused. */
final class AddressLiteral {

    private static final Pattern IPV4 = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|[01]?\\d?\\d)(?:\\.(?!$)|$)){4}");
    private static final Pattern GROUPS = Pattern.compile("[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*");

    static String read(String name, AddressParser parser) {
        if (!name.endsWith("]")) {
            throw parser.wrong("an address literal that does not end with ] in");
        }
        String inside = name.substring(1, name.length() - 1).toLowerCase(Locale.ROOT);
        boolean good = inside.startsWith("ipv6:") ? isIpv6(inside.substring(5)) : isIpv4(inside);
        if (!good) {
            throw parser.wrong("an address literal that is no IP address in");
        }
        return "[" + inside + "]";
    }

    private static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches();
    }

    /** The {@code ::} of a plain IPv6 address stands for two groups or more there. */
    private static boolean isIpv6(String text) {
        int groups = 8;
        int mostBesideDoubleColon = 6;
        String hex = text;
        if (text.indexOf('.') >= 0) {
            int colon = text.lastIndexOf(':');
            if (!isIpv4(text.substring(colon + 1))) {
                return false;
            }
            boolean afterDouble = colon > 0 && text.charAt(colon - 1) == ':';
            hex = text.substring(0, afterDouble ? colon + 1 : Math.max(colon, 0));
            groups = 6;
            mostBesideDoubleColon = 5;
        }
        int twice = hex.indexOf("::");
        if (twice < 0) {
            return groups(hex) == groups;
        }
        int left = twice == 0 ? 0 : groups(hex.substring(0, twice));
        int right = twice + 2 == hex.length() ? 0 : groups(hex.substring(twice + 2));
        return left >= 0 && right >= 0 && left + right <= mostBesideDoubleColon;
    }

    /** How many groups of one to four hexadecimal digits, or -1 if it is something else. */
    private static int groups(String text) {
        return GROUPS.matcher(text).matches() ? (int) text.chars().filter(c -> c == ':').count() + 1 : -1;
    }
}
