package io.caravan.config;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** A MariaDB version, compared number by number. */
record ServerVersion(int major, int minor, int patch) implements Comparable<ServerVersion> {

    /** The oldest that has the collations and statements that the ledger uses. */
    static final ServerVersion OLDEST = new ServerVersion(10, 11, 0);

    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");

    /** The first version that stands in the text, or null. */
    static @Nullable ServerVersion find(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.find()) {
            return null;
        }
        int[] parts = {Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3))};
        return new ServerVersion(parts[0], parts[1], parts[2]);
    }

    @Override
    public int compareTo(ServerVersion other) {
        return Arrays.compare(new int[]{major, minor, patch}, new int[]{other.major, other.minor, other.patch});
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
