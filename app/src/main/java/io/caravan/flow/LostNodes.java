package io.caravan.flow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.delivery.BatchReference;
import io.caravan.delivery.Batches;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.Outcome;
import io.caravan.delivery.Planned;
import io.caravan.delivery.Returns;
import io.caravan.delivery.Settlements;
import io.caravan.delivery.Takings;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.nodes.KnownNode;
import io.caravan.nodes.Nodes;

/**
 * Nodes that are silent with mail in their hands, and a person's word that one of them is lost. Only its own journal knows what it sent, so
 * without it every mail that it had claimed and that was not settled is in doubt: held, or sent again, as its campaign says. What was for the
 * built-in mailbox is given back, but only if that is certain: a node that kept other mail than this one by its settings of that time may have
 * sent what would stay here. Should the node
 * come back, its journal settles what is still in doubt ({@link Recovery}).
 */
@Component
public class LostNodes {

    private static final Logger log = LoggerFactory.getLogger(LostNodes.class);

    /** A node whose lease is over while it has batches open: {@code mails} claimed and not settled. */
    public record Silent(int node, String host, Instant since, int batches, long mails) {
        @Override
        public String toString() {
            return "node " + node + " on " + host + " is silent since " + since + " with " + mails + " mails in "
                    + batches
                    + " open batches: start it again, or declare it lost on /nodes";
        }
    }

    /**
     * What a declaration did with the mails of the open batches.
     *
     * @param inDoubt   are held for evidence or a person
     * @param again     were in doubt too and are sent again with the same bytes, or have expired, as their campaigns say
     * @param givenBack were for the built-in mailbox, by the settings of both nodes, which keeps a mail once however often it is tried
     */
    public record Declared(int node, int batches, int inDoubt, int again, int givenBack) {
    }

    /** How often a batch is begun anew because rows of it went back meanwhile. A count that is wrong for good must not keep it open. */
    private static final int ANEW = 5;

    private static final class WentBack extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final Nodes nodes;
    private final NodeLife life;
    private final Batches batches;
    private final Settlements settlements;
    private final Returns returns;
    private final Takings takings;
    private final Outcomes outcomes;
    private final Bookings bookings;
    private final Preparations preparations;
    private final Sending sending;
    private final InstantSource clock;

    LostNodes(Nodes nodes, NodeLife life, Batches batches, Settlements settlements, Returns returns, Takings takings,
            Outcomes outcomes, Bookings bookings, Preparations preparations, Sending sending, InstantSource clock) {
        this.nodes = nodes;
        this.life = life;
        this.batches = batches;
        this.settlements = settlements;
        this.returns = returns;
        this.takings = takings;
        this.outcomes = outcomes;
        this.bookings = bookings;
        this.preparations = preparations;
        this.sending = sending;
        this.clock = clock;
    }

    /** Those that may be declared lost and have mail open. */
    public List<Silent> silent() {
        Map<Integer, Batches.Open> open = batches.openByNode().stream()
                .collect(Collectors.toMap(Batches.Open::node, each -> each));
        Instant now = nodes.databaseNow();
        int here = life.isRunning() ? life.node().id() : 0;
        return nodes.list().stream()
                .filter(node -> node.id() != here && !node.until().isAfter(now) && open.containsKey(node.id()))
                .map(node -> silent(node, Objects.requireNonNull(open.get(node.id())))).toList();
    }

    /** The same of one node; with no mail open too. Empty: there is no such node. */
    public Optional<Silent> of(int id) {
        return nodes.find(id).map(node -> silent(node, batches.openByNode().stream().filter(open -> open.node() == id)
                .findFirst().orElse(new Batches.Open(id, 0, 0))));
    }

    private static Silent silent(KnownNode node, Batches.Open open) {
        return new Silent(node.id(), node.host(), node.until(), open.batches(), open.rows());
    }

    /** Why this node cannot be declared lost now; empty: it can. */
    public Optional<String> refusal(int id) {
        Optional<KnownNode> node = nodes.find(id);
        if (node.isEmpty()) {
            return Optional.of("there is no node " + id);
        }
        if (life.isRunning() && life.node().id() == id) {
            return Optional.of("it is the node that answers you");
        }
        return node.get().until().isAfter(nodes.databaseNow())
                ? Optional.of("it is alive: its lease lasts until " + node.get().until() + ". Stop it first")
                : Optional.empty();
    }

    /**
     * Declares it lost. A declaration that broke off in the middle goes on when it is made again.
     *
     * @throws InvalidInput with the refusal
     */
    public Declared declare(int id) {
        Optional<String> refusal = refusal(id);
        boolean first = refusal.isEmpty() && nodes.declareLost(id);
        KnownNode node = nodes.find(id).filter(known -> refusal.isEmpty() && known.lostAt() != null).orElseThrow(
                () -> new InvalidInput(
                        "node " + id + " was not declared lost: " + refusal.orElse("it has just come back")));
        if (first) {
            log.warn("event=node-declared-lost node={} host={} silent_since={}", id, node.host(), node.until());
        }
        Declared sum = new Declared(id, 0, 0, 0, 0);
        for (BatchReference batch : takings.waiting(id)) { // a broker has its reference: nobody rendered it
            sum = plus(sum, new Declared(id, 1, 0, 0, takings.giveBack(batch)));
        }
        for (BatchReference batch : batches.ofEarlierEpochs(id, node.epoch())) {
            sum = plus(sum, settle(node, batch));
        }
        log.warn("event=lost-node-settled node={} batches={} in_doubt={} again={} given_back={}", id, sum.batches(),
                sum.inDoubt(), sum.again(), sum.givenBack());
        return sum;
    }

    private Declared settle(KnownNode node, BatchReference batch) {
        batches.markLost(batch); // before the first row is in doubt, or a reply in between would come too early
        for (int i = 0; i < ANEW; i++) {
            try {
                return settle(node, batch, true);
            } catch (WentBack e) {
                log.info("event=lost-batch-read-again batch={} what=\"the node gave rows back just now\"",
                        batch.batch());
            }
        }
        return settle(node, batch, false);
    }

    /**
     * The node may have woken, or may just be starting, and give rows back after they were read here: another batch may hold them by now.
     *
     * @param exactly then nothing is settled
     * @throws WentBack likewise
     */
    private Declared settle(KnownNode node, BatchReference batch, boolean exactly) {
        CampaignSpec spec = preparations.spec(new RunId(batch.run()));
        Identity identity = sending.identity(Preparations.domain(spec));
        boolean alike = node.keptAlike(batch.epoch(), sending.stays());
        List<Outcome> doubtful = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        Map<RowId, Planned> rows = new LinkedHashMap<>();
        for (Planned row : batches.rows(batch)) {
            rows.put(row.row(), row);
            EmailAddress to = EmailAddress.parse(row.written());
            if (to.domain().equals(Sending.SIMULATOR)
                    || alike && sending.route(identity, to).equals(Sending.MAILBOX)) {
                kept.add(row.row().n());
            } else {
                doubtful.add(Objects.requireNonNull(outcomes.of(batch.batch(), row, spec.inDoubt(),
                        row.attempts() + 1, unknown(node, batch), clock.instant())));
            }
        }
        List<Outcome> settled = settlements.settle(batch.node(), batch.epoch(), doubtful, done -> {
            if (exactly && batches.unsettled(batch) != kept.size()) { // settling has locked the batch: no row leaves it now
                throw new WentBack();
            }
            bookings.of(done, outcome -> Objects.requireNonNull(rows.get(outcome.row())));
        });
        int held = (int) settled.stream().filter(outcome -> outcome.state() == RowState.IN_DOUBT).count();
        return new Declared(node.id(), 1, held, settled.size() - held, returns.giveBack(batch, kept));
    }

    private static DeliveryResult unknown(KnownNode node, BatchReference batch) {
        return new DeliveryResult.InDoubt("", "its node " + node.id() + " on " + node.host() + " was "
                + Ledger.lostWith(batch.batch()) + " only the journal there knows whether it went out");
    }

    private static Declared plus(Declared one, Declared other) {
        return new Declared(one.node(), one.batches() + other.batches(), one.inDoubt() + other.inDoubt(),
                one.again() + other.again(), one.givenBack() + other.givenBack());
    }
}
