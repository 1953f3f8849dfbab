package io.caravan.delivery;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.caravan.mail.InvalidInput;

/**
 * What crosses the seam from claiming to delivering: who holds which batch, never mail. The ranges stand in the ledger under the batch. Small
 * and serialisable, so that the seam may be a broker.
 *
 * @param road what its rows on the road are counted under, empty where nobody has said so
 * @param way  the route that its mail takes instead of the configured one; empty: that
 */
public record BatchReference(long batch, long run, int node, int epoch, int size, String road, String way)
        implements
            Serializable {

    private static final Pattern TEXT = Pattern.compile(
            "batch=(\\d{1,18}) run=(\\d{1,18}) node=(\\d{1,9}) epoch=(\\d{1,9}) size=(\\d{1,9}) road=([^\\p{Cntrl}]{0,300}?)(?: way=(\\S{1,300}))?");

    public BatchReference(long batch, long run, int node, int epoch, int size) {
        this(batch, run, node, epoch, size, "", "");
    }

    public BatchReference on(String counted) {
        return new BatchReference(batch, run, node, epoch, size, counted, way);
    }

    public BatchReference by(String route) {
        return new BatchReference(batch, run, node, epoch, size, road, route);
    }

    /** The same batch as another node's own. */
    BatchReference of(int taker, int life) {
        return new BatchReference(batch, run, taker, life, size, road, way);
    }

    /** As a broker carries it: readable in the broker's console, and no Java object that a stranger could forge into a program. */
    public String text() {
        return "batch=%d run=%d node=%d epoch=%d size=%d road=%s".formatted(batch, run, node, epoch, size, road)
                + (way.isEmpty() ? "" : " way=" + way);
    }

    /** @throws InvalidInput if it is something else */
    public static BatchReference parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new InvalidInput("what the seam brought is no batch reference ('"
                    + text.substring(0, Math.min(60, text.length())).replaceAll("\\p{Cntrl}", " ")
                    + "'): let only Caravan write to its queue");
        }
        return new BatchReference(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)),
                Integer.parseInt(parts.group(3)), Integer.parseInt(parts.group(4)), Integer.parseInt(parts.group(5)),
                parts.group(6), parts.group(7) == null ? "" : parts.group(7));
    }
}
