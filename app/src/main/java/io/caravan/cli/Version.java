package io.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import picocli.CommandLine.IVersionProvider;

/** {@code --version}: version, commit, Java. What the build knew is in {@code META-INF/build-info.properties}. */
public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            build.clear();
        }
        return new String[]{"Caravan " + build.getProperty("build.version", "development") + " (commit "
                + build.getProperty("build.commit", checkedOut()) + ", Java " + Runtime.version() + ")"};
    }

    /** The commit of the working folder, when it is a checkout of the sources. */
    private static String checkedOut() {
        try {
            String head = Files.readString(Path.of(".git/HEAD")).strip();
            String commit = head.startsWith("ref: ")
                    ? Files.readString(Path.of(".git").resolve(head.substring(5))).strip()
                    : head;
            return commit.substring(0, Math.min(12, commit.length()));
        } catch (IOException e) {
            return "unknown";
        }
    }
}
