package io.caravan.e2e;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.OutputType;

import io.caravan.campaign.Run;
import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes README's pictures: {@code mvn -Ppictures verify}. They go to {@code examples/pictures}; commit them when the pages changed. */
class Pictures {

    private static final Path TO = Path.of("examples/pictures");
    private static final int MOST_BYTES = 150_000;
    private static final List<String> PROVIDERS = List.of("mail.example", "post.example", "inbox.example",
            "letters.example");
    private static final List<String> FIRST = List.of("Ana", "Bruno", "Chiara", "Davide", "Elif", "Femke", "Goran",
            "Hanna", "Ines", "Jakub", "Lea", "Mateo", "Nora");
    private static final List<String> LAST = List.of("Rossi", "Keller", "Novak", "Duarte", "Lindqvist", "Moreau",
            "Okafor", "Papadakis", "Silva", "Tanaka", "Visser");
    private static final int PEOPLE = 2_400;
    private Pages pages;

    @Test
    void ofAGoodDay(@TempDir Path data) throws Exception {
        try (Server server = Server.on(data, "caravan.public-url=https://mail.shop.example",
                "caravan.pacing.providers.mail.domains=mail.example", "caravan.pacing.providers.mail.rate=16/s",
                "caravan.pacing.providers.post.domains=post.example", "caravan.pacing.providers.post.rate=12/s",
                "caravan.pacing.providers.inbox.domains=inbox.example", "caravan.pacing.providers.inbox.rate=8/s")
                .start()) {
            pages = Pages.of(server);
            Run run = campaigns(server);
            pages.until("a fifth of it is sent, and when it ends is known", () -> server.counts("autumn-offer")
                    .getOrDefault(RowState.ACCEPTED, 0L) > PEOPLE / 5 && shown("/", "#runs").contains("it ends at"));

            take("/", "overview", false);
            take("/", "overview-dark", true);
            take("/runs/" + run.id().value(), "run", false);
            take("/campaigns/example/preview", "preview", false);
            take("/mailbox?q=campaign:example+to:rossi", "mailbox", false); // a page full of addresses is a large picture
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
            String first = FIRST.get(n % FIRST.size());
            String last = LAST.get(n % LAST.size());
            people.append("%s.%s%d@%s,%s\n".formatted(first.toLowerCase(), last.toLowerCase(), n,
                    PROVIDERS.get(n % PROVIDERS.size()), first));
        }
        server.drop("autumn-offer.csv", people.toString());
        server.drop("autumn-offer.txt", "Dear [[${first_name}]],\n\nleaves fall, and so do our prices.\n");
        server.drop("autumn-offer.campaign.yaml", """
                name: autumn-offer
                from: Ana's Garden Shop <news@garden.example>
                subject: Leaves are falling, [[${first_name}]]
                text: autumn-offer.txt
                schedule: {at: now}
                rate: 50/s
                """);
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

    private void take(String path, String name, boolean dark) throws IOException {
        pages.size(1280, dark);
        pages.open(path);
        assertThat(pages.all("body.plain")).as(path + " is an error page").isEmpty();
        byte[] picture = pages.driver.getScreenshotAs(OutputType.BYTES);
        pages.size(1280, false);
        Path file = TO.resolve(name + ".png");
        write(ImageIO.read(new ByteArrayInputStream(picture)), file);
        assertThat(Files.size(file)).as(file + " in bytes").isLessThan(MOST_BYTES);
    }

    /** Packed as well as PNG can be: the browser only packs it fast. */
    private static void write(BufferedImage picture, Path file) throws IOException {
        ImageWriter png = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam well = png.getDefaultWriteParam();
        well.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        well.setCompressionQuality(0);
        Files.deleteIfExists(file);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            png.setOutput(out);
            png.write(null, new IIOImage(picture, null, null), well);
        } finally {
            png.dispose();
        }
    }
}
