package io.caravan.mail;

/** The encoding of RFC 3492 section 6.3, with the parameters of IDNA. */
final class Punycode {

    private static final int BASE = 36;

    static String encode(String label) {
        StringBuilder out = new StringBuilder();
        label.chars().filter(c -> c < 128).forEach(c -> out.append((char) c));
        int basic = out.length();
        int handled = basic;
        int total = label.codePointCount(0, label.length());
        if (basic > 0) {
            out.append('-');
        }
        int n = 128;
        int delta = 0;
        int bias = 72;
        while (handled < total) {
            int floor = n;
            int next = label.codePoints().filter(c -> c >= floor).min().orElseThrow();
            delta += (next - n) * (handled + 1);
            n = next;
            for (int c : label.codePoints().toArray()) {
                if (c < n) {
                    delta++;
                } else if (c == n) {
                    variableLength(out, delta, bias);
                    bias = adapt(delta, handled + 1, handled == basic);
                    delta = 0;
                    handled++;
                }
            }
            delta++;
            n++;
        }
        return out.toString();
    }

    private static void variableLength(StringBuilder out, int delta, int bias) {
        int rest = delta;
        for (int k = BASE;; k += BASE) {
            int threshold = Math.clamp(k - bias, 1, 26);
            if (rest < threshold) {
                out.append(digit(rest));
                return;
            }
            out.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
            rest = (rest - threshold) / (BASE - threshold);
        }
    }

    private static char digit(int value) {
        return (char) (value < 26 ? 'a' + value : '0' + value - 26);
    }

    private static int adapt(int delta, int points, boolean first) {
        int scaled = first ? delta / 700 : delta / 2;
        scaled += scaled / points;
        int k = 0;
        while (scaled > 455) {
            scaled /= 35;
            k += BASE;
        }
        return k + 36 * scaled / (scaled + 38);
    }
}
