package io.caravan.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Run;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes README's pictures: {@code mvn -Ppictures verify}. They go to {@code examples/pictures}; commit them when the pages changed. */
class Pictures {

    private static final Path TO = Path.of("examples/pictures");
    private static final List<String> PROVIDERS = List.of("mail.example", "post.example", "inbox.example",
            "letters.example");
    private static final int PEOPLE = 2_400;
    private Pages pages;

    @Test
    void ofAGoodDay(@TempDir Path data) throws Exception {
        try (Server server = Server.on(data).start()) {
            pages = Pages.of(server);
            Run run = campaigns(server);
            pages.until("a fifth of it is sent, and when it ends is known", () -> server.counts("autumn-offer")
                    .getOrDefault(RowState.ACCEPTED, 0L) > PEOPLE / 5 && shown("/", "#runs").contains("it ends at"));

            take("/", "overview", false);
            take("/", "overview-dark", true);
            take("/runs/" + run.id().value(), "run", false);
            take("/campaigns/example/preview", "preview", false);
            take("/mailbox", "mailbox", false);
        }
    }

    /** One that is over, one that comes by itself, one that is being sent, and a file that was refused. */
    private static Run campaigns(Server server) throws IOException {
        for (String example : List.of("example", "monday-news")) {
            copy(Path.of("examples", example), server.data.resolve("drop"));
        }
        server.awaitRun("example", RunState.FINISHED);
        server.awaitNote("monday-news.campaign.yaml");
        server.drop("customers.csv", "name,city\nAna,Porto\n");
        server.awaitNote("customers.csv");
        StringBuilder people = new StringBuilder("email,first_name\n");
        for (int n = 0; n < PEOPLE; n++) {
            people.append("reader%d@%s,Reader %d\n".formatted(n, PROVIDERS.get(n % PROVIDERS.size()), n));
        }
        server.campaign("autumn-offer", people.toString(), "rate: 40/s");
        return server.awaitRun("autumn-offer", RunState.RUNNING);
    }

    private static void copy(Path from, Path drop) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(path -> !path.endsWith("README.md"))
                    .sorted((a, b) -> Boolean.compare(isCampaign(a), isCampaign(b))).toList()) {
                Files.copy(file, drop.resolve(file.getFileName()));
            }
        }
    }

    private static boolean isCampaign(Path file) {
        return file.toString().endsWith(".campaign.yaml");
    }

    private String shown(String path, String css) {
        return pages.open(path).text(css);
    }

    private void take(String path, String name, boolean dark) {
        pages.size(1280, dark);
        pages.open(path);
        assertThat(pages.all("body.plain")).as(path + " is an error page").isEmpty();
        pages.screenshot(TO.resolve(name + ".png"));
        pages.size(1280, false);
    }
}
