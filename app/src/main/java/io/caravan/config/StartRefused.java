package io.caravan.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.PermanentFault;

/** Caravan cannot start here. The message is one sentence for a person: what, where, what to do. */
public class StartRefused extends PermanentFault {

    private final int exitCode;

    public StartRefused(String sentence) {
        this(sentence, null);
    }

    public StartRefused(String sentence, @Nullable Throwable cause) {
        this(sentence, cause, 1);
    }

    StartRefused(String sentence, @Nullable Throwable cause, int exitCode) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** What the process ends with. */
    public int exitCode() {
        return exitCode;
    }

    /** What the operating system said about a file, in the words of a person who must mend it. */
    static StartRefused of(IOException failure, Path path) {
        String said = String.valueOf(failure.getMessage());
        if (said.contains("No space left") || said.contains("Disk quota exceeded")) {
            return new StartRefused(
                    "the disk that holds " + path + " is full: free some space, or give another folder with"
                            + " --caravan.data=DIR",
                    failure);
        }
        if (failure instanceof AccessDeniedException || said.contains("Permission denied")
                || said.contains("Read-only file system")) {
            return new StartRefused("cannot write to " + path + " as user " + System.getProperty("user.name")
                    + ": give that user the right, or another folder with --caravan.data=DIR", failure);
        }
        String reason = failure instanceof FileSystemException of && of.getReason() != null
                ? of.getReason()
                : failure.getClass().getSimpleName() + ": " + said;
        return new StartRefused("cannot use " + path + " (" + reason
                + "): mend it, or give another folder with --caravan.data=DIR", failure);
    }
}
