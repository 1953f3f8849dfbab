package io.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import picocli.CommandLine.IVersionProvider;

/**
 * {@code --version}: version, commit, Java. What the build knew is in {@code META-INF/build-info.properties}; a build that was not told its
 * commit ({@code -Dcaravan.commit=...}) still knows it as long as it runs in its own checkout.
 */
public final class Version implements IVersionProvider {

    private static final String UNKNOWN = "unknown";
    private static final Path OWN = Path.of("app/src/main/java/io/caravan/cli/Version.java");

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
                + commit(build.getProperty("build.commit", UNKNOWN), Path.of("")) + ", Java " + Runtime.version()
                + ")"};
    }

    /** @param folder the working folder, which may be a checkout of something else */
    static String commit(String built, Path folder) {
        boolean known = !built.equals(UNKNOWN) && !built.isBlank();
        String commit = known
                ? built
                : Files.exists(folder.resolve(OWN)) ? checkedOut(folder.resolve(".git")) : UNKNOWN;
        return commit.substring(0, Math.min(12, commit.length()));
    }

    private static String checkedOut(Path git) {
        try {
            String head = Files.readString(git.resolve("HEAD")).strip();
            if (!head.startsWith("ref: ")) {
                return head;
            }
            String branch = head.substring(5);
            Path file = git.resolve(branch);
            return Files.exists(file)
                    ? Files.readString(file).strip()
                    : Files.readAllLines(git.resolve("packed-refs")).stream()
                            .filter(line -> line.endsWith(" " + branch))
                            .map(line -> line.substring(0, line.indexOf(' '))).findFirst().orElse(UNKNOWN);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
