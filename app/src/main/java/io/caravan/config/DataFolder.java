package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder that a node keeps everything in: {@code db/}, {@code drop/}, {@code journal/}, {@code keys/}, {@code uploads/}; readable by its owner only. */
public record DataFolder(Path root) {

    private static final String OWNER_ONLY = "rwx------";

    public DataFolder {
        root = root.toAbsolutePath().normalize();
    }

    /**
     * Makes the folder and what belongs in it, mode 0700.
     *
     * @throws StartRefused if it cannot be written to
     */
    public DataFolder prepare() {
        make(root);
        for (String name : new String[]{"db", "drop", "journal", "keys", "uploads"}) {
            make(root.resolve(name));
        }
        Path probe = root.resolve(".writable");
        try {
            Files.write(probe, new byte[]{1}, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            Files.delete(probe);
        } catch (IOException e) {
            throw StartRefused.of(e, root);
        }
        return this;
    }

    public Path db() {
        return root.resolve("db");
    }

    public Path drop() {
        return root.resolve("drop");
    }

    public Path journal() {
        return root.resolve("journal");
    }

    public Path keys() {
        return root.resolve("keys");
    }

    static void make(Path folder) {
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
            }
            // a volume's mount point is made by others, with their mode
            if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS)
                    .equals(PosixFilePermissions.fromString(OWNER_ONLY))) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(OWNER_ONLY));
            }
        } catch (IOException e) {
            throw StartRefused.of(e, folder);
        }
    }
}
