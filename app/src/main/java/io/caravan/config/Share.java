package io.caravan.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.caravan.mail.InvalidInput;

/**
 * A part of a whole, written in percent: {@code 5 %}, {@code 0.1%}.
 *
 * @param fraction 0 to 1
 */
public record Share(double fraction) {

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s*%");

    public Share {
        if (fraction < 0 || fraction > 1) {
            throw new InvalidInput("a share of " + fraction * 100 + " % is none: write 0 % to 100 %");
        }
    }

    public static Share parse(String text) {
        Matcher matcher = WRITTEN.matcher(text.strip());
        if (!matcher.matches()) {
            throw new InvalidInput("'" + text + "' is no share: write a percentage, as in 5 % or 0.1 %");
        }
        return new Share(Double.parseDouble(matcher.group(1)) / 100);
    }
}
