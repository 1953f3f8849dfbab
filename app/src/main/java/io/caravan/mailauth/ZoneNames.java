package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.caravan.mail.InvalidInput;

/** Names from a zone file instead of the DNS: what is not in it does not exist. Aliases and wildcards count (RFC 4592). */
public final class ZoneNames implements Names {

    private static final int LONGEST_CHAIN = 8;

    private record Key(String type, String name) {
    }

    private record Mx(int preference, String host) {
    }

    private record Written(Key key, List<String> data) {
    }

    private final Map<Key, List<String>> records = new HashMap<>();
    private final Set<Written> written = new HashSet<>();
    private final Set<String> known = new HashSet<>();

    private ZoneNames() {
    }

    /**
     * Reads a master file (RFC 1035 section 5.1): owner, TTL and class may be left out, names without {@code $ORIGIN} need no last dot, texts may be
     * longer than 255 bytes. Of records of other types the names exist (RFC 8020), one that stands twice is one (RFC 2181 section 5).
     *
     * @param file how messages name it
     * @throws InvalidInput with every line that is wrong
     */
    public static ZoneNames parse(String file, String text) {
        ZoneNames zone = new ZoneNames();
        List<String> problems = new ArrayList<>();
        for (ZoneFile.Record record : ZoneFile.parse(file, text, problems)) {
            zone.add(file, record, problems);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        zone.sortMx();
        return zone;
    }

    private void add(String file, ZoneFile.Record record, List<String> problems) {
        know(record.name());
        if (!ZoneFile.READ.contains(record.type())) {
            return;
        }
        String value = switch (record.type()) {
            case "TXT" -> String.join("", record.data());
            case "A", "AAAA" -> record.data().getFirst();
            case "MX" -> record.data().size() < 2 ? "" : record.data().get(0) + " " + record.data().get(1);
            default -> record.data().getFirst();
        };
        boolean wrong = switch (record.type()) {
            case "A" -> IpAddress.parse(value).isEmpty() || value.indexOf(':') >= 0;
            case "AAAA" -> IpAddress.parse(value).isEmpty() || value.indexOf(':') < 0;
            case "MX" -> !value.matches("\\d{1,5} .*");
            default -> false;
        };
        if (wrong) {
            problems.add(file + ":" + record.line() + ": '" + MacroString.printable(String.join(" ", record.data()))
                    + "' is no data of type " + record.type() + "; write an address, or a preference and a host");
            return;
        }
        Key key = new Key(record.type(), record.name());
        if (written.add(new Written(key, record.data()))) {
            records.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
        }
    }

    private void know(String name) {
        for (String each = name; known.add(each) && each.indexOf('.') >= 0;) {
            each = each.substring(each.indexOf('.') + 1);
        }
    }

    private void sortMx() {
        records.forEach((key, values) -> {
            if (key.type.equals("MX")) {
                List<String> hosts = values.stream().map(ZoneNames::mx)
                        .sorted(java.util.Comparator.comparingInt(Mx::preference)).map(Mx::host).toList();
                values.clear();
                values.addAll(hosts);
            }
        });
    }

    private static Mx mx(String value) {
        int space = value.indexOf(' ');
        return new Mx(Integer.parseInt(value.substring(0, space)), value.substring(space + 1));
    }

    @Override
    public Answer look(Type type, String name) {
        String owner = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < LONGEST_CHAIN; i++) {
            String source = source(owner);
            List<String> found = records.get(new Key(type.name(), source));
            if (found != null) {
                return new Answer.Found(found);
            }
            List<String> alias = records.get(new Key("CNAME", source));
            if (alias == null) {
                return new Answer.None(i > 0 || known.contains(source));
            }
            owner = alias.getFirst();
        }
        return new Answer.Fault("aliases lead in a circle from " + name);
    }

    /** The name itself, or the wildcard that stands for it: the one below the nearest name that exists. */
    private String source(String name) {
        if (known.contains(name)) {
            return name;
        }
        for (String above = name; above.indexOf('.') >= 0;) {
            above = above.substring(above.indexOf('.') + 1);
            if (known.contains("*." + above)) {
                return "*." + above;
            }
            if (known.contains(above)) {
                return name;
            }
        }
        return name;
    }
}
