package io.caravan.flow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

import io.caravan.mail.TemporaryFault;

/** The mail templates that every campaign may name: those of the owner's folder, else those packed in the jar. */
@Component
public class StoredTemplates {

    private static final String PACKED = "templates/mail/";

    private final Path folder;

    /** @param templates the owner's folder; its {@code mail} holds them */
    public StoredTemplates(@Value("${caravan.templates:templates}") String templates) {
        folder = Path.of(templates, "mail");
    }

    /** @param name a plain file name; the campaign file's reader lets no other through */
    public Optional<byte[]> find(String name) {
        if (name.contains("/") || name.contains("\\") || name.startsWith(".")) {
            return Optional.empty();
        }
        Path own = folder.resolve(name);
        try {
            if (Files.isRegularFile(own, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(Files.readAllBytes(own));
            }
            try (InputStream packed = StoredTemplates.class.getClassLoader().getResourceAsStream(PACKED + name)) {
                return packed == null ? Optional.empty() : Optional.of(packed.readAllBytes());
            }
        } catch (IOException e) {
            throw new TemporaryFault(
                    "the stored template " + own + " cannot be read: " + e.getMessage() + "; check its permissions", e);
        }
    }
}
