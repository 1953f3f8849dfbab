package io.caravan.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.api.CampaignShown.LastRun;
import io.caravan.api.CampaignShown.One;
import io.caravan.campaign.Acted;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.ActionReach;
import io.caravan.flow.CampaignActs;
import io.caravan.flow.Doubts;
import io.caravan.flow.TestMail;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.mail.RunState;

/** What is done with a campaign: actions, rows in doubt, a test. */
@RestController
@RequestMapping("/api/v1/campaigns/{name}")
@Tag(name = "Campaigns")
class CampaignActionApi {

    private final Campaigns campaigns;
    private final CampaignAnswers answers;
    private final CampaignActs acts;
    private final ActionReach reach;
    private final Doubts doubts;
    private final TestMail tests;
    private final RunCounts counts;

    CampaignActionApi(Campaigns campaigns, CampaignAnswers answers, CampaignActs acts, ActionReach reach,
            Doubts doubts, TestMail tests, RunCounts counts) {
        this.counts = counts;
        this.campaigns = campaigns;
        this.answers = answers;
        this.acts = acts;
        this.reach = reach;
        this.doubts = doubts;
        this.tests = tests;
    }

    /**
     * What a person or a program wants.
     *
     * @param action start, pause, resume, cancel, resend or answer
     * @param mode   with start: new (those without a row in earlier runs) or again (everybody)
     * @param answer with answer: run or skip
     * @param dryRun only say how many people it concerns, and whether it is refused
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "CampaignAction")
    record Wanted(@Nullable String action, @Nullable String mode, @Nullable String answer, @Nullable Boolean dryRun) {
    }

    /**
     * @param people    whom it concerns, the suppressed and the excluded among them counted
     * @param estimated people is reckoned from a sample; false: it is exact
     * @param refusal why it cannot be done now; only in a dry run, since otherwise the answer is 409
     * @param opened  the run that it opened
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "CampaignActed")
    record Done(String action, boolean dryRun, long people, boolean estimated, @Nullable String refusal,
            @Nullable LastRun opened,
            One campaign) {
    }

    @PostMapping("/actions")
    @Operation(summary = "Start, pause, resume, cancel, re-send, or answer a run that asks", description = "With dry_run nothing is done: the answer"
            + " says how many people it concerns, exact"
            + " or estimated, which it says: those who are new and those who were not reached are reckoned from a sample, unless they are few. 409 if it is not legal now, with the reason.", operationId = "actOnCampaign")
    Done act(@PathVariable String name, @RequestBody Wanted wanted,
            @Parameter(hidden = true) @RequestAttribute(name = KeyedPosts.WORK, required = false) byte @Nullable [] work) {
        Campaign campaign = answers.named(name);
        Action action = action(wanted);
        Acted before = work == null ? null : campaigns.done(campaign.id(), work).orElse(null);
        if (before != null) { // its answer was lost, and now it may be refused
            return again(campaign, action, before, work);
        }
        String refusal = campaigns.refusal(campaign.id(), action).orElse(null);
        boolean dry = Boolean.TRUE.equals(wanted.dryRun());
        if (refusal != null && !dry) {
            throw Refused.conflict("not_now", "campaign " + name + " cannot " + action.words() + ": " + refusal);
        }
        ActionReach.People people = refusal == null ? reach.of(campaign, action) : new ActionReach.People(0, false);
        if (dry) {
            return new Done(action.words(), true, people.people(), people.about(), refusal, null, answers.of(campaign));
        }
        try {
            Acted done = acts.act(campaign, action, work);
            Run opened = done.opened();
            return new Done(action.words(), false, people.people(), people.about(), null,
                    opened == null ? null : LastRun.of(opened, Map.of()), answers.of(done.campaign()));
        } catch (InvalidInput changedMeanwhile) {
            throw Refused.conflict("not_now", String.valueOf(changedMeanwhile.getMessage()));
        }
    }

    private Done again(Campaign campaign, Action action, Acted before, byte @Nullable [] work) {
        acts.act(campaign, action, work); // the schedule may not have followed yet
        Run opened = before.opened();
        long people = opened == null
                ? 0
                : counts.of(opened.id()).values().stream().mapToLong(Long::longValue).sum();
        return new Done(action.words(), false, people, opened != null && opened.state() == RunState.PLANNING, null,
                opened == null ? null : LastRun.of(opened, Map.of()), answers.of(before.campaign()));
    }

    /**
     * A row that was sent and whose answer was lost.
     *
     * @param row as decisions name it: {@code RUN.N}
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RowInDoubt")
    record Doubtful(String row, String address, String reason, int attempts, String host,
            @Nullable Instant lastAttemptAt) {

        static Doubtful of(LedgerRow row) {
            return new Doubtful(row.row().toString(), row.address(), row.reason(), row.attempts(), row.host(),
                    row.lastAttempt());
        }
    }

    @GetMapping("/doubt")
    @Operation(summary = "Rows in doubt: sent, and the answer was lost", operationId = "campaignDoubt")
    ResponseEntity<Slice<Doubtful>> doubt(@PathVariable String name,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        List<String> after = Cursor.parts(cursor, 1);
        return Slice.of(doubts.rows(answers.named(name), after == null ? null : row(after.getFirst(), "cursor"),
                Slice.reading(limit)), limit, row -> List.of(row.row().toString()), Doubtful::of);
    }

    /** @param decision accepted, failed or resend */
    @Schema(name = "DoubtDecision")
    record Decision(@Nullable String decision) {
    }

    /**
     * What a decision came to.
     *
     * @param state of the row now: accepted, failed, deferred (it is sent again) or cancelled
     * @param says  the same in words, and why it is not sent again at once
     */
    @Schema(name = "DoubtDecided")
    record Decided(String row, String state, String says) {
    }

    @PostMapping("/doubt/{row}")
    @Operation(summary = "Decide a row in doubt", description = "resend uses the same Message-ID and bytes. In a paused campaign the mail goes when"
            + " that is resumed; in a cancelled one it does not go, and the row is cancelled. The answer says which.", operationId = "settleDoubt")
    Decided settle(@PathVariable String name, @PathVariable String row, @RequestBody Decision wanted) {
        String decision = wanted.decision();
        if (decision == null || !List.of("accepted", "failed", "resend").contains(decision)) {
            throw Refused.field("decision", "unknown", "say accepted, failed or resend");
        }
        Campaign campaign = answers.named(name);
        RowId id = row(row, "row");
        try {
            Doubts.Settled done = doubts.settle(campaign, id, decision);
            return new Decided(id.toString(), done.state().word(), done.words());
        } catch (InvalidInput e) {
            throw Refused.conflict("not_in_doubt", String.valueOf(e.getMessage()));
        }
    }

    /**
     * @param to whom to
     * @param as whose data it shows, an address; left out: the first of the audience
     */
    @Schema(name = "CampaignTest")
    record TestTo(@Nullable String to, @Nullable String as) {
    }

    /** What the first host said of it; {@code host} is {@code mailbox} in the sandbox. */
    @Schema(name = "CampaignTested")
    record Tested(String to, String as, String host, String status, String reply, String reason) {
    }

    @PostMapping("/test")
    @Operation(summary = "Send one mail of it, marked as a test", description = "It passes the gate and goes the way of all mail, has no row in a"
            + " ledger and is never tried twice. With an Idempotency-Key it is sent once, also if the answer was lost in a crash: then the same"
            + " request is answered with a reason that begins with in doubt.", operationId = "testCampaign")
    Tested test(@PathVariable String name, @RequestBody TestTo wanted,
            @Parameter(hidden = true) @RequestAttribute(name = KeyedPosts.WORK, required = false) byte @Nullable [] work) {
        if (wanted.to() == null || wanted.to().isBlank()) {
            throw Refused.field("to", "missing", "to is missing: give the address that the test goes to");
        }
        TestMail.Sent sent = tests.send(answers.named(name), wanted.to(), wanted.as() == null ? "" : wanted.as(), work);
        return new Tested(sent.to(), sent.as(), sent.result().host(), sent.result().status(), sent.result().reply(),
                sent.result().reason());
    }

    private static RowId row(String written, String field) {
        try {
            return RowId.parse(written);
        } catch (InvalidInput e) {
            throw Refused.field(field, "invalid", String.valueOf(e.getMessage()));
        }
    }

    private static Action action(Wanted wanted) {
        String word = wanted.action() == null ? "" : wanted.action();
        String mode = wanted.mode();
        String answer = wanted.answer();
        if (mode != null && (!word.equals("start") || !List.of("new", "again").contains(mode))) {
            throw Refused.field("mode", "unknown", "mode goes with start, and is new or again");
        }
        if (answer != null && !word.equals("answer")) {
            throw Refused.field("answer", "unknown", "answer goes with the action answer");
        }
        return switch (word) {
            case "start" -> mode == null ? Action.START : mode.equals("new") ? Action.START_NEW : Action.START_AGAIN;
            case "pause" -> Action.PAUSE;
            case "resume" -> Action.RESUME;
            case "cancel" -> Action.CANCEL;
            case "resend" -> Action.RESEND;
            case "answer" -> switch (String.valueOf(answer)) {
                case "run" -> Action.ANSWER_RUN;
                case "skip" -> Action.ANSWER_SKIP;
                default -> throw Refused.field("answer", "missing", "say run or skip");
            };
            default -> throw Refused.field("action", word.isEmpty() ? "missing" : "unknown",
                    "the actions are start, pause, resume, cancel, resend and answer");
        };
    }
}
