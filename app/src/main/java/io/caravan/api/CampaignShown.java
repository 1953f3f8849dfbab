package io.caravan.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.campaign.Campaign;
import io.caravan.campaign.Run;
import io.caravan.campaign.Version;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.RowState;
import io.caravan.scheduling.ScheduleWords;

/** Campaigns as the API answers them. States are words, times RFC 3339 in UTC. */
final class CampaignShown {

    private CampaignShown() {
    }

    /**
     * @param version     in force: the next run begins with it
     * @param schedule    in words
     * @param nextFiring  null: none is known
     * @param lastRun     null: it has none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Campaign")
    record One(String name, String state, int version, String from, String subject, AudienceOf audience,
            String schedule, @Nullable Instant nextFiring, @Nullable String rate, String workflow,
            Map<String, String> tags, @Nullable LastRun lastRun, Instant createdAt, Instant updatedAt) {

        static One of(Campaign campaign, CampaignSpec spec, @Nullable Instant next, @Nullable LastRun last) {
            return new One(campaign.name(), campaign.state().word(), campaign.version(), spec.from(), spec.subject(),
                    new AudienceOf(spec.audience().csv(), spec.audience().list(), spec.audience().exclude()),
                    ScheduleWords.of(spec.schedule()), next, spec.rate() == null ? null : spec.rate().toString(),
                    spec.workflow(), spec.tags(), last, campaign.createdAt(), campaign.updatedAt());
        }
    }

    /** Exactly one of {@code csv} and {@code list} is there. */
    @Schema(name = "CampaignAudience")
    record AudienceOf(@Nullable String csv, @Nullable String list, List<String> exclude) {
    }

    /**
     * @param planned the sum of the counts
     * @param reason  why it was refused, paused or cancelled, or what it asks; why it waits to be planned, or cannot go on
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "CampaignRun")
    record LastRun(long id, int number, int version, String kind, String state, @Nullable String reason, long planned,
            Map<String, Long> counts, Instant openedAt, @Nullable Instant finishedAt) {

        static LastRun of(Run run, Map<RowState, Long> states) {
            Map<String, Long> counts = new TreeMap<>();
            states.forEach((state, n) -> counts.put(state.word(), n));
            return new LastRun(run.id().value(), run.number(), run.version(), run.kind().word(), run.state().word(),
                    run.reason(), states.values().stream().mapToLong(Long::longValue).sum(), counts, run.openedAt(),
                    run.finishedAt());
        }
    }

    /**
     * A campaign file as it was taken once.
     *
     * @param source its text
     * @param files  the names of the files that belong to it
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "CampaignVersion")
    record VersionOf(int version, boolean inForce, String file, String sha256, List<String> files,
            Instant createdAt, String source) {

        static VersionOf of(Campaign campaign, Version version) {
            return new VersionOf(version.version(), version.version() == campaign.version(), version.file(),
                    version.sha256(), List.copyOf(version.contents().keySet()), version.createdAt(),
                    version.source());
        }
    }
}
