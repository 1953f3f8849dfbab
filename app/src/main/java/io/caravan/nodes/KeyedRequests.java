package io.caravan.nodes;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Requests with an {@code Idempotency-Key}: the first does the work, the same again gets its answer. A request whose node's life ended in
 * the middle, or that was answered by a fault of ours, is done again by whoever brings it, so what it does must bear that: the answer is what
 * is kept. What must not be done twice writes the {@code work} of the request down where it does it.
 */
@Repository
public class KeyedRequests {

    /** An answer is kept that long, from the moment when its request began. */
    public static final Duration KEPT = Duration.ofHours(24);

    /**
     * What was answered.
     *
     * @param headers {@code Name: value}, a line each
     */
    public record Answer(int status, String headers, byte[] body) {
    }

    /** What to do with a request. */
    public sealed interface Verdict {
        /**
         * Do the work, then {@link #answered}, {@link #undone} or {@link #unanswered}.
         *
         * @param work 16 bytes, the same each time that this request is done again, and of no other request
         */
        record Yours(byte[] work) implements Verdict {
        }

        record Answered(Answer answer) implements Verdict {
        }

        /** Another living node is at it. */
        record Elsewhere() implements Verdict {
        }

        /** The key came with another request. */
        record Different() implements Verdict {
        }
    }

    private record Known(byte[] fingerprint, byte @Nullable [] work, int nodeId, int epoch, @Nullable Integer status,
            @Nullable String headers,
            byte @Nullable [] body, boolean expired, boolean ownerLives) {
    }

    private static final int SLICE = 10_000;
    private static final int NOBODY = -1; // an epoch that no node has

    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    KeyedRequests(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param me          who asks; it must not be at work on the same key already: what its own life left without an answer is given to it
     *                    again
     * @param fingerprint SHA-256 of all that makes the request another one
     */
    public Verdict begin(Node me, String key, byte[] fingerprint) {
        while (true) {
            byte[] work = fresh();
            if (insert(me, key, fingerprint, work)) {
                return new Verdict.Yours(work);
            }
            Known known = jdbc.sql("""
                    select fingerprint, work, node_id, epoch, status, headers, body,
                        since < utc_timestamp(6) - interval :kept second expired,
                        exists (select 1 from node n where n.id = k.node_id and n.epoch = k.epoch and n.until > utc_timestamp(6))
                            owner_lives
                    from request_key k where name = :key""").param("kept", KEPT.toSeconds()).param("key", key)
                    .query(Known.class).optional().orElse(null);
            Verdict verdict = known == null ? null : judge(me, key, fingerprint, known);
            if (verdict != null) {
                return verdict;
            }
        }
    }

    /** Null: the row has changed or gone, look again. */
    private @Nullable Verdict judge(Node me, String key, byte[] fingerprint, Known known) {
        if (known.expired()) {
            jdbc.sql("delete from request_key where name = :key and since < utc_timestamp(6) - interval :kept second")
                    .param("key", key).param("kept", KEPT.toSeconds()).update();
            return null;
        }
        if (!Arrays.equals(known.fingerprint(), fingerprint)) {
            return new Verdict.Different();
        }
        if (known.status() != null) {
            return new Verdict.Answered(new Answer(known.status(), known.headers() == null ? "" : known.headers(),
                    known.body() == null ? new byte[0] : known.body()));
        }
        boolean mine = known.nodeId() == me.id() && known.epoch() == me.epoch();
        if (known.ownerLives() && !mine) {
            return new Verdict.Elsewhere();
        }
        byte[] work = known.work() == null ? fresh() : known.work();
        return takeOver(me, key, known, work) ? new Verdict.Yours(work) : null;
    }

    private boolean insert(Node me, String key, byte[] fingerprint, byte[] work) {
        return jdbc.sql("""
                insert ignore into request_key (name, fingerprint, work, node_id, epoch, since)
                values (:key, :fingerprint, :work, :node, :epoch, utc_timestamp(6))""").param("key", key)
                .param("fingerprint", fingerprint).param("work", work).param("node", me.id()).param("epoch", me.epoch())
                .update() == 1;
    }

    private byte[] fresh() {
        byte[] work = new byte[16];
        random.nextBytes(work);
        return work;
    }

    /** Its time goes on from when it began: what was done for it is not kept for ever. */
    private boolean takeOver(Node me, String key, Known from, byte[] work) {
        return jdbc.sql("""
                update request_key set node_id = :node, epoch = :epoch, work = :work
                where name = :key and status is null and node_id = :from and epoch = :life""").param("node", me.id())
                .param("epoch", me.epoch()).param("work", work).param("key", key).param("from", from.nodeId())
                .param("life", from.epoch()).update() == 1;
    }

    /** Keeps the answer, unless another life has taken the request over meanwhile. */
    public void answered(Node me, String key, Answer answer) {
        jdbc.sql("""
                update request_key set status = :status, headers = :headers, body = :body
                where name = :key and status is null and node_id = :node and epoch = :epoch""")
                .param("status", answer.status()).param("headers", answer.headers()).param("body", answer.body())
                .param("key", key).param("node", me.id()).param("epoch", me.epoch()).update();
    }

    /** It may have been done, and there is no answer that could be kept: the next one with the same request does the same work again. */
    public void unanswered(Node me, String key) {
        jdbc.sql("update request_key set epoch = :nobody where name = :key and status is null and node_id = :node"
                + " and epoch = :epoch").param("nobody", NOBODY).param("key", key).param("node", me.id())
                .param("epoch", me.epoch()).update();
    }

    /** Nothing was done at all: the next one may try, with another request too. */
    public void undone(Node me, String key) {
        jdbc.sql("delete from request_key where name = :key and status is null and node_id = :node and epoch = :epoch")
                .param("key", key).param("node", me.id()).param("epoch", me.epoch()).update();
    }

    /** Removes all that is older than {@link #KEPT}, in slices. @return how many */
    public long removeOld() {
        long removed = 0;
        int slice;
        do {
            slice = jdbc.sql("delete from request_key where since < utc_timestamp(6) - interval :kept second"
                    + " order by since limit " + SLICE).param("kept", KEPT.toSeconds()).update();
            removed += slice;
        } while (slice == SLICE);
        return removed;
    }
}
