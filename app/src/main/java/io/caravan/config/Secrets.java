package io.caravan.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What is made once, on the first start, and kept in {@code keys/}, mode 0600: the token that opens the pages, the secret that signs
 * Message-IDs, return paths and links, and the node's name.
 */
public final class Secrets {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final String token;
    private final byte[] secret;
    private final String node;

    private Secrets(String token, byte[] secret, String node) {
        this.token = token;
        this.secret = secret;
        this.node = node;
    }

    /**
     * Reads the secrets of a folder, making those that are missing.
     *
     * @throws StartRefused if the folder cannot be used, or a file in it does not hold what it should
     */
    public static Secrets open(DataFolder folder) {
        Path keys = folder.keys();
        DataFolder.make(keys);
        String token = readOrMake(keys.resolve("token"), Secrets::random);
        String secret = readOrMake(keys.resolve("secret"), Secrets::random);
        String node = readOrMake(keys.resolve("node"), () -> UUID.randomUUID().toString());
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(secret);
            if (bytes.length >= 32 && token.length() >= 32) {
                return new Secrets(token, bytes, UUID.fromString(node).toString());
            }
        } catch (IllegalArgumentException e) {
            throw spoilt(keys, e);
        }
        throw spoilt(keys, null);
    }

    /** 256 bits, base64url: what a program sends as {@code Authorization: Bearer}. */
    public String token() {
        return token;
    }

    /** 32 bytes, for {@code mail.Keyed}. */
    public byte[] secret() {
        return secret.clone();
    }

    /** What tells this secret from another and gives nothing of it away: SHA-256, in hexadecimal digits. */
    public String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(secret));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A UUID: this data folder among the nodes of a database. */
    public String node() {
        return node;
    }

    /** Writes a file that only its owner may read, whole or not at all. */
    static void write(Path file, String text) {
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(part, text, StandardOpenOption.SYNC);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw StartRefused.of(e, file);
        }
    }

    private static String readOrMake(Path file, Supplier<String> make) {
        try {
            if (Files.exists(file)) {
                return Files.readString(file, StandardCharsets.US_ASCII).strip();
            }
        } catch (IOException e) {
            throw StartRefused.of(e, file);
        }
        String made = make.get();
        write(file, made + "\n");
        return made;
    }

    static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static StartRefused spoilt(Path keys, @org.jspecify.annotations.Nullable Throwable cause) {
        return new StartRefused("a file in " + keys
                + " does not hold what was written there on the first start: put back the files token,"
                + " secret and node from a backup (without the old secret, links and return paths in mail already sent are dead)",
                cause);
    }
}
