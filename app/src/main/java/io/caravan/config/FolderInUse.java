package io.caravan.config;

import java.nio.file.Path;

/** Another Caravan runs on the data folder. Ends with 2: the same start again cannot help while that one runs. */
public final class FolderInUse extends StartRefused {

    FolderInUse(Path data, String holder) {
        super("another Caravan (" + (holder.isEmpty() ? "unknown" : holder.replace(' ', '=').replace("=", ", process "))
                + ") is running on the data folder " + data
                + ": stop it, or give this one a folder of its own with --caravan.data=DIR",
                null, 2);
    }
}
