package io.caravan.content;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.PermanentFault;

/** Bytes by the hash of their bytes. Keeping the same bytes again, at the same time too, gives the same id. */
@Repository
public class Contents {

    private final JdbcClient jdbc;
    private final InstantSource clock;

    public Contents(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Keeps the bytes and gives their id. */
    public long keep(byte[] bytes) {
        String sha256 = sha256(bytes);
        return jdbc.sql("select id from content where sha256 = ?").param(sha256).query(Long.class).optional()
                .orElseGet(() -> insert(sha256, bytes));
    }

    /** Keeps them all: name to id, in the same order. */
    public Map<String, Long> keepAll(Map<String, byte[]> files) {
        Map<String, Long> ids = new LinkedHashMap<>();
        files.forEach((name, bytes) -> ids.put(name, keep(bytes)));
        return ids;
    }

    /** @throws PermanentFault if there is no such content: nothing deletes one that is named */
    public byte[] bytes(long id) {
        return jdbc.sql("select bytes from content where id = ?").param(id).query((rs, row) -> rs.getBytes(1))
                .optional().orElseThrow(
                        () -> new PermanentFault("content " + id
                                + " is not in the database; restore it from a backup of the same database"));
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new PermanentFault("this Java has no SHA-256", e);
        }
    }

    private long insert(String sha256, byte[] bytes) {
        // the one that comes second takes the row of the first
        jdbc.sql("""
                insert into content (sha256, bytes, created_at) values (?, ?, ?)
                on duplicate key update id = id""")
                .params(sha256, bytes, LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC)).update();
        return jdbc.sql("select id from content where sha256 = ?").param(sha256).query(Long.class).single();
    }
}
