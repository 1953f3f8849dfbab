package io.caravan.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.BatchId;
import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.RowId;

/**
 * The lines as bytes: length of the payload, CRC32C of the payload (4 bytes each, big endian), payload. Not safe for several threads.
 */
final class Lines {

    /** Longest frame that is ever written; the reader takes no longer one for a line. */
    static final int LONGEST = 16 * 1024;

    private static final int FRAME = 8;
    private static final int LONGEST_TEXT = 2000;
    /** Hosts quote the recipient in their replies; the journal keeps no addresses. */
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"'(),:;\\[\\]]+@[^\\s<>\"'(),:;\\[\\]]+");

    private static final byte READY = 1;
    private static final byte DOT = 2;
    private static final byte REPLIED = 3;
    private static final byte SETTLED = 4;
    private static final byte SYNCED = 5;
    private static final byte HEADER = 6;

    private final CRC32C crc = new CRC32C();

    /** What a frame holds. */
    sealed interface Found {
        record Of(Entry entry, Line line) implements Found {
        }

        record Settled(BatchId batch) implements Found {
        }

        /** All bytes before this offset of the segment, and all earlier segments of the epoch, were on the disk. */
        record Synced(long offset) implements Found {
        }

        record Head(Header header) implements Found {
        }
    }

    void ready(ByteBuffer to, Entry entry) {
        int start = begin(to, READY);
        put(to, entry);
        end(to, start);
    }

    void dot(ByteBuffer to, Entry entry, long atMillis, String host) {
        int start = begin(to, DOT);
        put(to, entry);
        to.putLong(atMillis);
        put(to, host);
        end(to, start);
    }

    void replied(ByteBuffer to, Entry entry, DeliveryResult result) {
        int start = begin(to, REPLIED);
        put(to, entry);
        to.put(tag(result));
        put(to, result.host());
        put(to, result.status());
        put(to, withoutAddresses(result.reply()));
        put(to, result instanceof DeliveryResult.Bounced bounced
                ? (bounced.bounceClass().name() + " " + bounced.verb()).strip()
                : withoutAddresses(result.reason()));
        end(to, start);
    }

    void settled(ByteBuffer to, BatchId batch) {
        int start = begin(to, SETTLED);
        to.putLong(batch.value());
        end(to, start);
    }

    void synced(ByteBuffer to, long offset) {
        int start = begin(to, SYNCED);
        to.putLong(offset);
        end(to, start);
    }

    void header(ByteBuffer to, Header header) {
        int start = begin(to, HEADER);
        put(to, header.installation());
        to.putInt(header.node()).putInt(header.epoch());
        put(to, header.bootId());
        end(to, start);
    }

    /** The frame at the buffer's position, which then stands behind it; null, and the position as it was, if there is no whole one. */
    @Nullable
    Found next(ByteBuffer from) {
        int start = from.position();
        if (from.remaining() <= FRAME) {
            return null;
        }
        int length = from.getInt(start);
        if (length < 1 || length > LONGEST || length > from.remaining() - FRAME) {
            return null;
        }
        ByteBuffer payload = from.slice(start + FRAME, length);
        if (from.getInt(start + 4) != checksum(payload)) {
            return null;
        }
        from.position(start + FRAME + length);
        return decode(payload.rewind());
    }

    private static Found decode(ByteBuffer payload) {
        return switch (payload.get()) {
            case READY -> new Found.Of(entry(payload), new Line.Ready());
            case DOT ->
                new Found.Of(entry(payload), new Line.Dot(Instant.ofEpochMilli(payload.getLong()), text(payload)));
            case REPLIED -> new Found.Of(entry(payload), new Line.Replied(result(payload)));
            case SETTLED -> new Found.Settled(new BatchId(payload.getLong()));
            case SYNCED -> new Found.Synced(payload.getLong());
            case HEADER -> new Found.Head(new Header(text(payload), payload.getInt(), payload.getInt(), text(payload)));
            default -> throw new IllegalArgumentException("an unknown kind of line");
        };
    }

    private static byte tag(DeliveryResult result) {
        return switch (result) {
            case DeliveryResult.Accepted _ -> 1;
            case DeliveryResult.Deferred _ -> 2;
            case DeliveryResult.Bounced _ -> 3;
            case DeliveryResult.Failed _ -> 4;
            case DeliveryResult.Suppressed _ -> 5;
            case DeliveryResult.NotTried _ -> 6;
            case DeliveryResult.InDoubt _ -> 7;
            case DeliveryResult.Complained _ -> 8;
        };
    }

    private static DeliveryResult result(ByteBuffer payload) {
        byte tag = payload.get();
        String host = text(payload);
        String status = text(payload);
        String reply = text(payload);
        String reason = text(payload);
        return switch (tag) {
            case 1 -> new DeliveryResult.Accepted(host, status, reply);
            case 2 -> new DeliveryResult.Deferred(host, status, reply, reason);
            case 3 -> bounced(host, status, reply, reason);
            case 4 -> new DeliveryResult.Failed(reason);
            case 5 -> new DeliveryResult.Suppressed(reason);
            case 6 -> new DeliveryResult.NotTried(reason);
            case 7 -> new DeliveryResult.InDoubt(host, reason);
            case 8 -> new DeliveryResult.Complained(host, reason);
            default -> throw new IllegalArgumentException("result " + tag);
        };
    }

    /** @param written the class, and the command that was answered if a host said it */
    private static DeliveryResult bounced(String host, String status, String reply, String written) {
        int space = written.indexOf(' ');
        return space < 0
                ? new DeliveryResult.Bounced(host, status, reply, BounceClass.valueOf(written))
                : new DeliveryResult.Bounced(host, status, reply, BounceClass.valueOf(written.substring(0, space)),
                        written.substring(space + 1));
    }

    private static Entry entry(ByteBuffer payload) {
        return new Entry(new BatchId(payload.getLong()), new RowId(payload.getLong(), payload.getInt()),
                payload.getInt());
    }

    private static String text(ByteBuffer payload) {
        byte[] bytes = new byte[payload.getShort() & 0xffff];
        payload.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer to, Entry entry) {
        to.putLong(entry.batch().value()).putLong(entry.row().run()).putInt(entry.row().n()).putInt(entry.attempt());
    }

    private static void put(ByteBuffer to, String text) {
        byte[] bytes = (text.length() <= LONGEST_TEXT / 3 ? text : text.substring(0, LONGEST_TEXT / 3))
                .getBytes(StandardCharsets.UTF_8);
        to.putShort((short) bytes.length).put(bytes);
    }

    private static String withoutAddresses(String text) {
        return text.indexOf('@') < 0 ? text : ADDRESS.matcher(text).replaceAll("(address)");
    }

    private static int begin(ByteBuffer to, byte kind) {
        int start = to.position();
        to.position(start + FRAME).put(kind);
        return start;
    }

    private void end(ByteBuffer to, int start) {
        int length = to.position() - start - FRAME;
        to.putInt(start, length);
        to.putInt(start + 4, checksum(to.slice(start + FRAME, length)));
    }

    private int checksum(ByteBuffer payload) {
        crc.reset();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
