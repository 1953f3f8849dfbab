package io.caravan.cli;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.MailQuery;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.mailbox.Message;

/** {@code mailbox}: the built-in mailbox, where sandbox mail goes. */
@Command(name = "mailbox", description = "The built-in mailbox: list it (the default, newest first), show the source of one mail, or clear"
        + " it.", customSynopsis = "caravan mailbox [list [--query TEXT]|show ID|clear]")
final class MailboxVerb implements Callable<Integer> {

    private static final int PAGE = 500;
    private static final List<String> COLUMNS = List.of("id", "received_at", "recipient", "from", "subject", "campaign",
            "row", "size");

    private final Desk desk;

    @Parameters(index = "0", arity = "0..1", paramLabel = "list|show|clear", hideParamSyntax = true, description = "What to do.")
    private String action = "list";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The mail's id, as listed.")
    private String id = "";

    @Option(names = "--query", paramLabel = "TEXT", defaultValue = "", description = "Only mails that it finds: words, and"
            + " from: to: subject: tag: campaign: run: before: after: has:attachment.")
    private String query = "";

    MailboxVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        return switch (action) {
            case "list" -> Ledgers.with(desk, this::list);
            case "show" -> Ledgers.with(desk, this::show);
            case "clear" -> Ledgers.with(desk, this::clear);
            default ->
                throw new NotUnderstood("'" + action + "' is nothing that mailbox does: write list, show ID or clear");
        };
    }

    private int list(ApplicationContext ledgers) {
        MailSearch search = ledgers.getBean(MailSearch.class);
        MailQuery asked = MailQuery.parse(query, ledgers.getBean(Clock.class).instant());
        desk.out().println(Lines.csv(COLUMNS));
        Long before = Long.MAX_VALUE;
        while (before != null) {
            MailSearch.Found page = search.page(asked, before, PAGE);
            for (Message each : page.mails()) {
                desk.out().println(Lines.csv(Arrays.asList(each.id(), each.receivedAt(), each.recipient(), each.from(),
                        each.subject(), each.campaign(), each.row(), each.size())));
            }
            before = page.next();
        }
        return 0;
    }

    private int show(ApplicationContext ledgers) {
        if (!id.matches("\\d{1,18}")) {
            throw new InvalidInput("'" + id + "' is no mail's id: caravan mailbox list shows them");
        }
        byte[] source = ledgers.getBean(Mailbox.class).raw(Long.parseLong(id))
                .orElseThrow(() -> new InvalidInput(
                        "there is no mail " + id + " in the mailbox: caravan mailbox list shows those that are"));
        desk.out().print(new String(source, StandardCharsets.UTF_8)); // what we send is ASCII, or UTF-8 in headers (RFC 6532)
        return 0;
    }

    private int clear(ApplicationContext ledgers) {
        desk.out().println(ledgers.getBean(Mailbox.class).clear() + " mails removed");
        return 0;
    }
}
