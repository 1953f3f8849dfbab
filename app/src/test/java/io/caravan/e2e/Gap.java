package io.caravan.e2e;

import static io.caravan.e2e.Gap.Doubt.NONE;
import static io.caravan.e2e.Gap.Doubt.NOT_TAKEN;
import static io.caravan.e2e.Gap.Doubt.TAKEN;
import static io.caravan.e2e.Gap.Where.AFTER;
import static io.caravan.e2e.Gap.Where.BEFORE;
import static io.caravan.e2e.Gap.Where.ENTRY;
import static io.caravan.e2e.Gap.Where.RETURN;

/**
 * The failpoints: every gap between two steps that a mail takes, in the order in which it takes them, and what a death in it may leave.
 *
 * <p>They exist in test processes only. {@link Failpoints}, a Java agent, writes the call into the named method when its class is loaded;
 * the product's own classes hold nothing of it, so it costs production nothing and cannot be switched on there.
 */
enum Gap {

    CLAIMED("delivery.Claims", "claim", RETURN, "", 1, NONE),

    TAKEN_ON("flow.BatchSteps", "take", RETURN, "", 1, NONE),

    RENDERED("flow.NodeLife", "ready", ENTRY, "", 2, NONE),

    READY_WRITTEN("journal.Pen", "awaitSync", ENTRY, "", 2, NONE),

    READY_SYNCED("flow.NodeLife", "ready", RETURN, "", 2, NONE),

    QUEUED("flow.NodeLife", "offer", RETURN, "", 5, NONE),

    ASKED("transport.Conversation", "lastLook", RETURN, "", 5, NONE),

    CONTENT_SENT("transport.Conversation", "content", BEFORE, "Ticket.dot", 5, NONE),

    DOT_WRITTEN("transport.Conversation", "content", AFTER, "Ticket.dot", 5, NOT_TAKEN),

    DOT_SENT("transport.Conversation", "content", RETURN, "", 5, TAKEN),

    REPLY_READ("transport.Conversation", "step", AFTER, "Wire.reply", 5, TAKEN),

    REPLY_WRITTEN("flow.NodeLife", "replied", AFTER, "Journal.replied", 5, NONE),

    SETTLING("flow.Recorder", "settle", ENTRY, "", 2, NONE),

    BEFORE_COMMIT("delivery.Settlements", "settleAll", RETURN, "", 2, NONE),

    SETTLED("delivery.Settlements", "settle", RETURN, "", 2, NONE),

    CLOSED("journal.Journal", "settled", ENTRY, "", 1, NONE),

    FORGOTTEN("journal.Journal", "settled", RETURN, "", 1, NONE),

    /** What the last life left: the first batch is settled, and is not given back yet. */
    RECOVERY_SETTLED("flow.Recovery", "settle", AFTER, "Settlements.settle", 1, NONE),

    RECOVERY_GIVING_BACK("delivery.Returns", "freshRows", RETURN, "", 1, NONE),

    RECOVERY_GIVEN_BACK("flow.Recovery", "settle", AFTER, "Returns.giveBack", 1, NONE),

    RECOVERED("flow.Recovery", "settle", BEFORE, "Journal.forgetOlder", 1, NONE);

    /** What a death here leaves of the one mail whose turn it is. */
    enum Doubt {
        /** Nothing: it is certain whether the host has it. */
        NONE,
        /** It is in doubt, and in truth the host does not have it. */
        NOT_TAKEN,
        /** It is in doubt, and in truth the host has it. */
        TAKEN
    }

    enum Where {
        ENTRY, RETURN, BEFORE, AFTER
    }

    /** The class, below the product's package, and its method. */
    final String owner;
    final String method;
    final Where where;
    /** For {@code BEFORE} and {@code AFTER}: the call in the method, as {@code Class.method}. */
    final String callee;
    /** The process ends when it comes here for this time: not at once, so that there is something to lose. */
    final int hit;
    final Doubt leaves;

    Gap(String owner, String method, Where where, String callee, int hit, Doubt leaves) {
        this.owner = owner;
        this.method = method;
        this.where = where;
        this.callee = callee;
        this.hit = hit;
        this.leaves = leaves;
    }

    /** On the connection's own thread, or before there is one. Elsewhere the connection goes on meanwhile, and may be behind a dot. */
    boolean isExact() {
        return owner.startsWith("transport.") || this == REPLY_WRITTEN || isOfRecovery();
    }

    boolean isOfRecovery() {
        return name().startsWith("RECOVER");
    }

    String internalName() {
        return "io/caravan/" + owner.replace('.', '/');
    }
}
