package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** An SPF record, parsed whole before any of it is used: an error anywhere is an error (RFC 7208 section 4.6). */
final class SpfRecord {

    private static final String VERSION = "v=spf1";
    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9\\-_.]*)=(.*)");
    private static final Pattern MECHANISM = Pattern.compile("([+\\-?~]?)([A-Za-z][A-Za-z0-9\\-_.]*)(.*)");
    private static final Pattern CIDR = Pattern
            .compile("(.*?)(?:/(0|[1-9]\\d?))?(?://(0|[1-9]\\d{0,2}))?", Pattern.DOTALL);
    private static final Pattern NETWORK = Pattern.compile(":([^/]+)(?:/(0|[1-9]\\d{0,2}))?");
    private static final int BITS4 = 32;
    private static final int BITS6 = 128;

    private final List<SpfTerm> terms = new ArrayList<>();
    private @Nullable MacroString redirect;
    private @Nullable MacroString explanation;

    private SpfRecord() {
    }

    /** True for a TXT record that is an SPF record of version 1 (section 4.5). */
    static boolean isOne(String text) {
        return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
                && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
    }

    static SpfRecord parse(String text) throws SpfFault {
        SpfRecord spf = new SpfRecord();
        for (String term : text.substring(VERSION.length()).split(" ")) {
            if (!term.isEmpty()) {
                spf.add(term);
            }
        }
        return spf;
    }

    List<SpfTerm> terms() {
        return terms;
    }

    /** Null if there is none, or none that counts: {@code all} makes it void (section 6.1). */
    @Nullable
    MacroString redirect() {
        return terms.stream().anyMatch(term -> term.mechanism() instanceof SpfTerm.All) ? null : redirect;
    }

    @Nullable
    MacroString explanation() {
        return explanation;
    }

    private void add(String term) throws SpfFault {
        Matcher modifier = MODIFIER.matcher(term);
        if (modifier.matches()) {
            modify(modifier.group(1).toLowerCase(Locale.ROOT), modifier.group(2));
            return;
        }
        Matcher parts = MECHANISM.matcher(term);
        if (!parts.matches()) {
            throw unknown(term);
        }
        SpfResult result = switch (parts.group(1)) {
            case "-" -> SpfResult.FAIL;
            case "~" -> SpfResult.SOFTFAIL;
            case "?" -> SpfResult.NEUTRAL;
            default -> SpfResult.PASS;
        };
        terms.add(new SpfTerm(result, mechanism(term, parts.group(2).toLowerCase(Locale.ROOT), parts.group(3)), term));
    }

    private void modify(String name, String value) throws SpfFault {
        if (name.equals("redirect")) {
            redirect = once(redirect, name, value);
        } else if (name.equals("exp")) {
            explanation = once(explanation, name, value);
        } else {
            MacroString.check(value);
        }
    }

    private static MacroString once(@Nullable MacroString before, String name, String value) throws SpfFault {
        if (before != null) {
            throw SpfFault.permanent("the record has " + name + "= twice");
        }
        return MacroString.domain(value);
    }

    private static SpfTerm.Mechanism mechanism(String term, String name, String rest) throws SpfFault {
        return switch (name) {
            case "all" -> {
                if (!rest.isEmpty()) {
                    throw unknown(term);
                }
                yield new SpfTerm.All();
            }
            case "include" -> new SpfTerm.Include(domain(term, rest));
            case "exists" -> new SpfTerm.Exists(domain(term, rest));
            case "ptr" -> new SpfTerm.Ptr(rest.isEmpty() ? null : domain(term, rest));
            case "a", "mx" -> hosts(term, name, rest);
            case "ip4" -> ip(term, rest, false);
            case "ip6" -> ip(term, rest, true);
            default -> throw unknown(term);
        };
    }

    private static SpfTerm.Mechanism hosts(String term, String name, String rest) throws SpfFault {
        Matcher cidr = CIDR.matcher(rest);
        if (!cidr.matches()) {
            throw unknown(term);
        }
        String domain = cidr.group(1);
        MacroString spec = domain.isEmpty() ? null : domain(term, domain);
        int bits4 = bits(term, cidr.group(2), BITS4);
        int bits6 = bits(term, cidr.group(3), BITS6);
        return name.equals("a") ? new SpfTerm.A(spec, bits4, bits6) : new SpfTerm.Mx(spec, bits4, bits6);
    }

    private static SpfTerm.Mechanism ip(String term, String rest, boolean six) throws SpfFault {
        Matcher network = NETWORK.matcher(rest);
        if (!network.matches() || IpAddress.isIpv6(network.group(1)) != six) {
            throw SpfFault.permanent("'" + MacroString.printable(term) + "' names no address");
        }
        IpAddress address = IpAddress.parse(network.group(1)).orElseThrow(
                () -> SpfFault.permanent("'" + MacroString.printable(term) + "' names no address"));
        return new SpfTerm.Ip(six && !address.isIpv6() ? null : address,
                bits(term, network.group(2), six ? BITS6 : BITS4));
    }

    private static int bits(String term, @Nullable String written, int most) throws SpfFault {
        int bits = written == null ? most : Integer.parseInt(written);
        if (bits > most) {
            throw SpfFault.permanent("'" + MacroString.printable(term) + "' has a prefix longer than " + most);
        }
        return bits;
    }

    private static MacroString domain(String term, String rest) throws SpfFault {
        if (!rest.startsWith(":") || rest.length() == 1) {
            throw SpfFault.permanent("'" + MacroString.printable(term) + "' names no domain");
        }
        return MacroString.domain(rest.substring(1));
    }

    private static SpfFault unknown(String term) {
        return SpfFault.permanent("'" + MacroString.printable(term) + "' is no mechanism of SPF");
    }
}
