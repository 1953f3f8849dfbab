package io.caravan.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A way out by relays, as it is written: {@code relay:a,relay:b} asks them in this order, {@code relay:a*3,relay:b*1,relay:c} gives three
 * mails of four to a and one to b, and whichever cannot take its own leaves it to the others in this order: c is for that alone.
 *
 * @param parts in the order in which they are written, each relay once
 */
public record RelayRoute(List<Part> parts) {

    private static final Pattern PART = Pattern.compile("relay:([^,*\\s]+)(?:\\s*\\*\\s*([1-9][0-9]{0,2}))?");

    /** @param weight 1 to 999 where mail is shared; 0: it takes what others leave */
    public record Part(String relay, int weight) {
    }

    /** Null: it names something else, or nothing. */
    public static @Nullable RelayRoute parse(String written) {
        List<Part> parts = new ArrayList<>();
        for (String one : written.split(",", -1)) {
            Matcher part = PART.matcher(one.strip());
            if (!part.matches()) {
                return null;
            }
            if (parts.stream().noneMatch(known -> known.relay().equals(part.group(1)))) {
                parts.add(new Part(part.group(1), part.group(2) == null ? 0 : Integer.parseInt(part.group(2))));
            }
        }
        return new RelayRoute(List.copyOf(parts));
    }

    /** Their names, in order. */
    public List<String> relays() {
        return parts.stream().map(Part::relay).toList();
    }

    /** The sum of the weights; 0: nothing is shared, the first relay takes what it can. */
    public int weight() {
        return parts.stream().mapToInt(Part::weight).sum();
    }

    /** Whose turn it is: of any so many mails in a row, as many as the weights are together, each relay has as many as its own. */
    static final class Turns {

        private final RelayRoute route;
        private final int[] credit;

        Turns(RelayRoute route) {
            this.route = route;
            credit = new int[route.parts().size()];
        }

        /** The index of the relay that is asked first. Each earns its weight, who has most pays for the mail with all that was earned. */
        synchronized int next() {
            int all = route.weight();
            int first = 0;
            for (int i = 0; i < credit.length; i++) {
                credit[i] += route.parts().get(i).weight();
                if (credit[i] > credit[first]) {
                    first = i;
                }
            }
            credit[first] -= all;
            return first;
        }
    }
}
