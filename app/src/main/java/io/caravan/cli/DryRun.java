package io.caravan.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.context.ApplicationContext;

import io.caravan.audience.Contacts;
import io.caravan.audience.Imports;
import io.caravan.flow.CampaignReader;
import io.caravan.flow.CampaignTemplates;
import io.caravan.flow.Rehearsal;
import io.caravan.flow.StoredTemplates;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.TemporaryFault;
import io.caravan.rendering.MailLimits;

/** {@code once --dry-run}: what the drop folder would come to, with nothing changed. */
final class DryRun {

    private final ApplicationContext ledgers;
    private final Desk desk;

    DryRun(ApplicationContext ledgers, Desk desk) {
        this.ledgers = ledgers;
        this.desk = desk;
    }

    int run() {
        Path drop = Path.of(ledgers.getEnvironment().getProperty("caravan.data", "./data"), "drop");
        MailLimits limits = ledgers.getBean(MailLimits.class);
        StoredTemplates stored = new StoredTemplates(
                ledgers.getEnvironment().getProperty("caravan.templates", "./templates"));
        Rehearsal rehearsal = new Rehearsal(ledgers.getBean(Imports.class), ledgers.getBean(Contacts.class),
                ledgers.getBean(CsvLimits.class), new CampaignReader(stored, limits), new CampaignTemplates(limits),
                desk.out()::println);
        return rehearsal.of(files(drop)) ? 0 : 2;
    }

    private static List<Path> files(Path drop) {
        try (Stream<Path> all = Files.isDirectory(drop) ? Files.list(drop) : Stream.empty()) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new TemporaryFault("the drop folder " + drop + " cannot be read: " + e.getMessage(), e);
        }
    }
}
