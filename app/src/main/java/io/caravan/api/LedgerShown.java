package io.caravan.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.RowHistory;
import io.caravan.flow.WhyMail;
import io.caravan.suppression.Suppression;

/** The ledger as the API answers it: exact values, never guarded for spreadsheets; times RFC 3339 in UTC. */
final class LedgerShown {

    private LedgerShown() {
    }

    /** The columns of the ledger verb, in their order. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "LedgerRow")
    record Row(String row, String address, String state, String reason, int attempts, String messageId, String host,
            String status, String reply, @Nullable Instant firstAttemptAt, @Nullable Instant lastAttemptAt) {

        static Row of(LedgerRow row, String messageId) {
            return new Row(row.row().toString(), row.address(), row.state().word(), row.reason(), row.attempts(),
                    messageId, row.host(), row.status(), row.reply(), row.firstAttempt(), row.lastAttempt());
        }
    }

    /** One that did not end in acceptance; the last one stands in the row. */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Attempt")
    record AttemptOf(int number, Instant at, String outcome, String host, String status, String reply) {
        static AttemptOf of(Ledger.Attempt attempt) {
            return new AttemptOf(attempt.number(), attempt.at(), attempt.outcome(), attempt.host(), attempt.status(),
                    attempt.reply());
        }
    }

    /** A result that came when nobody waited for it any more; it changed nothing. */
    @Schema(name = "Evidence")
    record EvidenceOf(Instant at, String outcome, String host, String reply) {
        static EvidenceOf of(RowHistory.Evidence late) {
            return new EvidenceOf(late.at(), late.outcome(), late.host(), late.reply());
        }
    }

    /** A step of the decision chain, in one sentence. */
    @Schema(name = "DecisionStep")
    record StepOf(@Nullable Instant at, String what, String says) {
        static StepOf of(WhyMail.Step step) {
            return new StepOf(step.at(), step.what(), step.says());
        }
    }

    /**
     * What became of one mail to one person.
     *
     * @param version    of the campaign file
     * @param attributes the person's, as the mail was made of them
     * @param chain      what was decided, in order; the last step is how the row stands
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "RecipientOfRun")
    record Mail(String campaign, long run, int number, int version, Row row, Map<String, String> attributes,
            List<AttemptOf> attempts, List<EvidenceOf> evidence, List<StepOf> chain) {

        static Mail of(WhyMail mail, String messageId, Map<String, String> attributes) {
            return new Mail(mail.campaign(), mail.run().id().value(), mail.run().number(), mail.run().version(),
                    Row.of(mail.row(), messageId), attributes, mail.attempts().stream().map(AttemptOf::of).toList(),
                    mail.evidence().stream().map(EvidenceOf::of).toList(),
                    mail.steps().stream().map(StepOf::of).toList());
        }
    }

    /** @param scope global, identity:NAME or list:NAME */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "SuppressionOfAddress")
    record Entry(long id, String scope, String reason, String evidence, Instant createdAt,
            @Nullable Instant expiresAt) {
        static Entry of(Suppression entry) {
            return new Entry(entry.id(), entry.scope().toString(), entry.reason().word(), entry.evidence(),
                    entry.createdAt(), entry.expiresAt());
        }
    }
}
