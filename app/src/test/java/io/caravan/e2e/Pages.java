package io.caravan.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;

import io.caravan.Browser;
import io.caravan.TestDatabase;
import io.caravan.campaign.Run;
import io.caravan.mail.RunState;
import io.caravan.transport.LocalDns;

/**
 * A whole server with the browser in front of it. {@link #shared} is one for all page tests of the JVM, so each gives its campaigns names
 * of its own; who needs an empty or a special one starts a {@link Server} and takes {@link #of}.
 */
final class Pages extends Browser {

    final Server server;

    private Pages(Server server) {
        super(server.base(), server.token());
        this.server = server;
    }

    static Pages of(Server started) {
        return new Pages(started);
    }

    /** What the shared server knows of the DNS: nothing but what a test publishes. */
    static final LocalDns DNS = new LocalDns();

    private static final class Shared {
        static final Server SERVER = start();
    }

    /** Comes in anew, at desk width and in light. */
    static Pages shared() {
        return new Pages(Shared.SERVER);
    }

    private static Server start() {
        try {
            Path data = Files.createTempDirectory("caravan-pages");
            DNS.start();
            Server server = Server.on(data, "caravan.dns.servers=127.0.0.1:" + DNS.port()).keptToTheEnd().start();
            TestDatabase.atEnd(() -> {
                server.close();
                try {
                    FileSystemUtils.deleteRecursively(data);
                } catch (IOException e) {
                    System.err.println("left behind: " + data);
                }
            });
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Drops a CSV and a campaign for it that is sent now; there when its run is over. */
    Run sent(String campaign, String csv, String... more) {
        server.campaign(campaign, csv, more);
        return server.awaitRun(campaign, RunState.FINISHED);
    }

    /** The same, with so many people of {@code example.org}. */
    Run sent(String campaign, int people) {
        return sent(campaign, Server.people(people, "example.org"));
    }

    /** A campaign that sends a mail every few seconds, so that its page moves; there when it sends. */
    Run sending(String campaign, int people, String rate) {
        server.campaign(campaign, Server.people(people, "example.org"), "rate: " + rate);
        return server.awaitRun(campaign, RunState.RUNNING);
    }
}
