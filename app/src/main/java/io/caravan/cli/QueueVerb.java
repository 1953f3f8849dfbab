package io.caravan.cli;

import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.delivery.QueueFilter;
import io.caravan.delivery.QueueHold;
import io.caravan.flow.QueueActs;
import io.caravan.flow.QueueActs.Act;
import io.caravan.flow.QueueActs.Reach;
import io.caravan.flow.QueueDesk;
import io.caravan.flow.StoredQueue;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowState;
import io.caravan.suppression.Expiry;

/** {@code queue}: what waits, by run and lane, and what is done to many mails at once. */
@Command(name = "queue", description = {
        "What waits in running and paused runs, a line for each lane of a run (CSV, times are UTC); 'holds': the orders to hold.",
        "hold, release, retry (now) and cancel act on all mail that every filter names, and say first how many it concerns."
                + " Mail in an open batch is passed over: it is settled first.",
        "Exit: 0; 1 refused, with why; 2 not understood."}, customSynopsis = "caravan queue [list|holds|hold|release|retry|cancel] [--run ID] [--identity NAME]"
                + " [--provider NAME] [--domain DOMAIN] [OPTIONS]")
final class QueueVerb implements Callable<Integer> {

    private static final int PIECE = 100;
    private static final String LINES = "run,campaign,number,lane,identity,provider,waiting,under_way,oldest_at,next_attempt_at,"
            + "last_reply,held,held_until";
    private static final String HOLDS = "id,run,identity,provider,domain,note,since,until";

    private final Desk desk;

    @Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", description = "list (the default), holds, hold, release, retry or cancel.")
    private String action = "list";

    @Option(names = "--run", paramLabel = "ID", description = "Only of this run, by its id as it is listed.")
    private long run;

    @Option(names = "--identity", paramLabel = "NAME", description = "Only of this sending identity.")
    private String identity = "";

    @Option(names = "--provider", paramLabel = "NAME", description = "Only of this provider's lanes, * for all small ones.")
    private String provider = "";

    @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only to this recipient domain. Not with list: lanes are not kept by it.")
    private String domain = "";

    @Option(names = "--state", paramLabel = "STATE", converter = StateWord.class, description = "With retry and cancel: only pending, or only deferred mail.")
    private @Nullable RowState state;

    @Option(names = "--reason", paramLabel = "WORDS", description = "With retry and cancel: only deferred mail whose last reply has these words.")
    private String reason = "";

    @Option(names = "--note", paramLabel = "TEXT", description = "With hold and cancel, which need it: who asked for it, or why.")
    private String note = "";

    @Option(names = "--until", paramLabel = "TIME", description = "With hold: it ends by itself (4h, 2d, 2026-12-01). Else it ends when it is released.")
    private String until = "";

    @Option(names = "--dry-run", description = "Says how many it would concern, and does nothing.")
    private boolean dryRun;

    QueueVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        if (action.equals("list") && !domain.isEmpty()) {
            throw new NotUnderstood("--domain does not go with list: lanes are not kept by it. Write caravan queue hold"
                    + " --domain " + domain + " --dry-run to see how much waits for it");
        }
        return switch (action) {
            case "list" -> Ledgers.with(desk, this::list);
            case "holds" -> Ledgers.with(desk, this::holds);
            default -> {
                Act act = Act.of(action).orElseThrow(() -> new NotUnderstood("'" + action
                        + "' is nothing that queue does: write list, holds, hold, release, retry or cancel"));
                yield Ledgers.with(desk, ledgers -> act(ledgers, act));
            }
        };
    }

    private int list(ApplicationContext ledgers) {
        QueueDesk queue = queue(ledgers).desk();
        desk.out().println(LINES);
        QueueDesk.Place after = null;
        do {
            QueueDesk.Page page = queue.page(filter(), after, PIECE);
            page.lines().forEach(line -> desk.out().println(cells(line)));
            after = page.next();
        } while (after != null);
        return 0;
    }

    private static String cells(QueueDesk.Line line) {
        QueueDesk.Held held = line.held();
        return csv(line.run().id().value(), line.campaign(), line.run().number(), line.lane().id(),
                line.lane().identity(), line.lane().provider(), line.waiting(), line.underWay(), line.oldest(),
                line.next(), line.last() == null ? "" : line.last().reply(), held == null ? "" : held.why(),
                held == null ? null : held.until());
    }

    private int holds(ApplicationContext ledgers) {
        desk.out().println(HOLDS);
        queue(ledgers).desk().orders().forEach(order -> desk.out().println(cells(order)));
        return 0;
    }

    private static String cells(QueueHold order) {
        QueueFilter what = order.what();
        return csv(order.id(), what.run() == 0 ? null : what.run(), what.identity(), what.provider(), what.domain(),
                order.note(), order.since(), order.until());
    }

    private static String csv(@Nullable Object... cells) {
        List<@Nullable Object> list = Arrays.asList(cells);
        return Lines.csv(list);
    }

    private int act(ApplicationContext ledgers, Act act) {
        QueueActs acts = queue(ledgers).acts();
        Instant end = Expiry.parse(until, Clock.systemUTC().instant());
        QueueActs.Wanted wanted = new QueueActs.Wanted(act, filter(), state, reason, note, end);
        List<QueueActs.Fault> wrong = acts.faults(wanted).stream()
                .filter(fault -> !dryRun || !fault.field().equals("note")).toList();
        if (!wrong.isEmpty()) {
            throw new InvalidInput(wrong.stream().map(QueueActs.Fault::message).toList());
        }
        Reach before = acts.reach(wanted);
        desk.out().println(act.word() + " concerns " + before.mails() + " mails" + passed(before));
        if (dryRun) {
            return 0;
        }
        desk.out().flush();
        Reach done = acts.act(wanted);
        desk.out().println(act.word() + " done to " + done.mails() + " mails" + passed(done)
                + (act == Act.RELEASE ? ", " + done.orders().size() + " orders ended" : ""));
        return 0;
    }

    private static String passed(Reach reach) {
        return reach.passedOver() == 0 ? "" : ", " + reach.passedOver() + " in open batches are passed over";
    }

    private QueueFilter filter() {
        return new QueueFilter(run, identity, provider, QueueActs.domain(domain));
    }

    private static StoredQueue queue(ApplicationContext ledgers) {
        return StoredQueue.of(ledgers, Clock.systemUTC());
    }
}
