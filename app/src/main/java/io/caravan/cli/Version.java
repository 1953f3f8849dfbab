package io.caravan.cli;

import java.io.IOException;
import java.io.InputStream;
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
        String commit = build.getProperty("build.commit", "");
        boolean known = !commit.isEmpty() && !commit.startsWith("$"); // else it was built outside a checkout
        return new String[]{"Caravan " + build.getProperty("build.version", "development") + " (commit "
                + (known ? commit : "unknown") + ", Java " + Runtime.version() + ")"};
    }
}
