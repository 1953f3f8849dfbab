package io.caravan.content;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.stereotype.Repository;

import io.caravan.mail.PermanentFault;

/** Bytes by the hash of their bytes. Keeping the same bytes again, at the same time too, gives the same id. */
@Repository
public class Contents {

    private final ContentRepository rows;
    private final InstantSource clock;

    Contents(ContentRepository rows, InstantSource clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /** Keeps the bytes and gives their id. */
    public long keep(byte[] bytes) {
        String sha256 = sha256(bytes);
        return rows.idOf(sha256).orElseGet(() -> {
            rows.keep(sha256, bytes, clock.instant());
            return rows.idOf(sha256).orElseThrow();
        });
    }

    /** Keeps them all: name to id, in the same order. */
    public Map<String, Long> keepAll(Map<String, byte[]> files) {
        Map<String, Long> ids = new LinkedHashMap<>();
        files.forEach((name, bytes) -> ids.put(name, keep(bytes)));
        return ids;
    }

    /** @throws PermanentFault if there is no such content: nothing deletes one that is named */
    public byte[] bytes(long id) {
        return rows.findById(id).map(Content::bytes).orElseThrow(
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
}
