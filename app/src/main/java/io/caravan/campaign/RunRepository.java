package io.caravan.campaign;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.mail.CampaignId;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;

/**
 * Runs. None is ever saved as a whole: the preflight moves its mark beside those who change states, so each change names its columns and
 * the state that it expects.
 */
interface RunRepository extends Repository<Run, RunId> {

    Optional<Run> findById(RunId id);

    Optional<Run> findByCampaignAndNumber(CampaignId campaign, int number);

    Optional<Run> findFirstByCampaignOrderByNumberDesc(CampaignId campaign);

    List<Run> findByCampaignOrderByNumber(CampaignId campaign);

    List<Run> findByCampaignAndNumberLessThanOrderByNumberDesc(CampaignId campaign, int before, Limit limit);

    @Query("""
            select r.* from run r join (select campaign_id, max(number) as last from run where campaign_id in (:campaigns)
              group by campaign_id) l on l.campaign_id = r.campaign_id and l.last = r.number""")
    List<Run> latest(Collection<CampaignId> campaigns);

    List<Run> findByStateInOrderById(Collection<RunState> states);

    /** With a text of its own: the pump asks this many times a second, and a derived query is written anew each time. */
    @Query("select * from run where state = 'running' order by id")
    List<Run> running();

    List<Run> findByStateInAndFinishedAtBeforeOrderById(Collection<RunState> states, Instant moment);

    List<Run> findByOrderByIdDesc(Limit limit);

    @Query("""
            select * from run where id < :before and (:campaign is null or campaign_id = :campaign)
              and (:state is null or state = :state) order by id desc limit :limit""")
    List<Run> page(@Nullable Long campaign, @Nullable String state, long before, int limit);

    boolean existsByCampaignAndScheduledFor(CampaignId campaign, Instant scheduledFor);

    boolean existsByCampaignAndStateIn(CampaignId campaign, Collection<RunState> states);

    boolean existsByCampaignAndStateNot(CampaignId campaign, RunState state);

    @Modifying
    @Query("""
            insert into run (campaign_id, number, version, kind, state, reason, scheduled_for, opened_at, finished_at)
            select :campaign, coalesce(max(number), 0) + 1, :version, :kind, :state, :reason, :firing, :now, :finished
            from run where campaign_id = :campaign""")
    void insert(CampaignId campaign, int version, RunKind kind, RunState state, @Nullable String reason, Instant firing,
            Instant now, @Nullable Instant finished);

    @Modifying
    @Query("update run set state = :to, reason = :reason, finished_at = :finished where id = :id and state in (:from)")
    boolean move(RunId id, Collection<RunState> from, RunState to, @Nullable String reason,
            @Nullable Instant finished);

    @Modifying
    @Query("update run set reason = :reason where id = :id and reason <=> :before")
    boolean note(RunId id, @Nullable String before, @Nullable String reason);

    /** With what it says of its planning. */
    @Modifying
    @Query("update run set state = :to, paused_from = :pausedFrom, finished_at = null where id = :id and state = 'finished'")
    void goOn(RunId id, RunState to, @Nullable RunState pausedFrom);

    /** Left to right: the state is remembered before it is overwritten. */
    @Modifying
    @Query("update run set paused_from = state, state = 'paused' where campaign_id = :campaign and state in (:states)")
    void pause(CampaignId campaign, Collection<RunState> states);

    @Modifying
    @Query("update run set state = paused_from, paused_from = null where campaign_id = :campaign and state = 'paused'")
    void resume(CampaignId campaign);

    @Modifying
    @Query("""
            update run set state = 'cancelled', paused_from = null, reason = :reason, finished_at = :now
            where campaign_id = :campaign and state in (:states)""")
    void end(CampaignId campaign, Collection<RunState> states, String reason, Instant now);

    @Modifying
    @Query("update run set state = 'planning', reason = null where campaign_id = :campaign and state = 'asking'")
    void answer(CampaignId campaign);

    /** A run that only asks has not begun: it takes the newest version. */
    @Modifying
    @Query("""
            update run set version = :version
            where campaign_id = :campaign and (state = 'asking' or paused_from = 'asking')""")
    void renew(CampaignId campaign, int version);

    /** The run that was opened for this work, 0 if none was; empty if it was not done. */
    @Query("select coalesce(run_id, 0) from action_done where work = :work and campaign_id = :campaign")
    Optional<Long> done(byte[] work, CampaignId campaign);

    @Modifying
    @Query("insert into action_done (work, campaign_id, run_id, at) values (:work, :campaign, :run, :now)")
    void keepDone(byte[] work, CampaignId campaign, @Nullable RunId run, Instant now);

    /** False: it is kept already. */
    @Modifying
    @Query("insert ignore into action_done (work, campaign_id, run_id, at) values (:work, :campaign, null, :now)")
    boolean keepBegun(byte[] work, CampaignId campaign, Instant now);

    @Modifying
    @Query("delete from action_done where at < :moment")
    void forgetDone(Instant moment);

    /** A mark never goes back. */
    @Modifying
    @Query("update run set preflight_n = greatest(preflight_n, :n) where id = :id")
    void preflighted(RunId id, int n);
}
