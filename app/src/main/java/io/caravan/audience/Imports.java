package io.caravan.audience;

import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

import io.caravan.mail.CampaignSpec.Mode;
import io.caravan.mail.ListId;

/**
 * Imports: a file's rows, taken chunk by chunk, each chunk in one transaction that also moves {@code through_row}. So a crash goes on
 * after the last whole chunk and ends where one clean import would have ended.
 */
@Repository
public class Imports {

    private static final int PAGE = 2000;
    private static final int LEAVING = 5000;
    private static final RowMapper<Import> IMPORT = (rs, _) -> new Import(rs.getLong("id"),
            new ListId(rs.getLong("list_id")),
            rs.getString("name"), Mode.valueOf(rs.getString("mode").toUpperCase(Locale.ROOT)),
            rs.getLong("through_row"),
            Import.State.of(rs.getString("state")), rs.getObject("told_at") != null);
    private static final String SELECT = "select i.*, l.name from import i join list l on l.id = i.list_id ";

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final InstantSource clock;
    private final Lists lists;
    private final Chunk chunk;
    private final LookUp lookUp;
    private final Stretches stretches;

    public Imports(JdbcTemplate template, TransactionTemplate transaction, InstantSource clock, Lists lists) {
        jdbc = JdbcClient.create(template);
        this.transaction = transaction;
        this.clock = clock;
        this.lists = lists;
        chunk = new Chunk(template);
        lookUp = new LookUp(template);
        stretches = new Stretches(template);
    }

    /**
     * Opens an import, or finds it again: the same bytes for the same list and mode go on where a crash stopped them, and come back
     * {@code FINISHED} if they were the last thing that this list took.
     *
     * @param file   its name, for people
     * @param sha256 what makes two files the same, hexadecimal
     */
    public Import begin(String file, String listName, String sha256, Mode mode) {
        ListId list = lists.named(listName);
        Optional<Import> known = jdbc
                .sql(SELECT
                        + "where i.list_id = :list and (i.state = 'finished' or i.state = 'running' and i.source = 'drop') order by i.state = 'running' and i.sha256 = :sha"
                        + " and i.mode = :mode desc, i.state = 'finished' desc, i.id desc limit 1")
                .param("list", list.value()).param("sha", sha256).param("mode", word(mode)).query(IMPORT).optional()
                .filter(found -> isOf(found, sha256, mode));
        return known.orElseGet(() -> open(file, list, sha256, mode));
    }

    private boolean isOf(Import found, String sha256, Mode mode) {
        return found.mode() == mode && jdbc.sql("select sha256 from import where id = :id").param("id", found.id())
                .query(String.class).single().equals(sha256);
    }

    /**
     * Queues an uploaded file. It is an import of its own, also if the list took the same bytes before: then every row is {@code unchanged}.
     *
     * @param source {@code upload} or {@code api}
     */
    public Import queue(String file, String listName, Mode mode, String source) {
        ListId list = lists.named(listName);
        long id = jdbc.sql("""
                insert into import (file, list_id, sha256, mode, state, source, started_at)
                values (:file, :list, '', :mode, 'queued', :source, :now) returning id""").param("file", cut(file))
                .param("list", list.value()).param("mode", word(mode)).param("source", source).param("now", now())
                .query(Long.class).single();
        return find(id).orElseThrow();
    }

    /** Its turn has come, or comes again after a crash. An import that is over, cancelled say, comes back as it is. */
    public Import begin(Import queued, String sha256) {
        jdbc.sql("""
                update import set started_at = if(state = 'queued', :now, started_at), state = 'running', sha256 = :sha
                 where id = :id and state in ('queued', 'running')""").param("now", now()).param("sha", sha256)
                .param("id", queued.id()).update();
        return find(queued.id()).orElseThrow();
    }

    /** How many rows the file has, for those who watch. */
    public void sized(Import running, long rows) {
        jdbc.sql("update import set size = :rows where id = :id").param("rows", rows).param("id", running.id())
                .update();
    }

    private static String cut(String file) {
        return file.substring(0, Math.min(file.length(), 255));
    }

    private Import open(String file, ListId list, String sha256, Mode mode) {
        long id = jdbc.sql("""
                insert into import (file, list_id, sha256, mode, state, through_row, started_at)
                values (:file, :list, :sha, :mode, 'running', 0, :now) returning id""")
                .param("file", cut(file)).param("list", list.value())
                .param("sha", sha256)
                .param("mode", word(mode)).param("now", now()).query(Long.class).single();
        return find(id).orElseThrow();
    }

    public Optional<Import> find(long id) {
        return jdbc.sql(SELECT + "where i.id = :id").param("id", id).query(IMPORT).optional();
    }

    /** The last import that this list took to its end. */
    public Optional<Import> lastFinished(String listName) {
        return jdbc.sql(SELECT + "where l.name = :name and i.state = 'finished' order by i.id desc limit 1")
                .param("name", listName)
                .query(IMPORT).optional();
    }

    /** Begins, or goes on, to take the rows of a running import. Those that are in already are passed over. */
    public Taking taking(Import running) {
        return new Taking(running, transaction, clock, chunk, lookUp);
    }

    /** All rows are in: for a replacing import, members who are not in the file leave. One that was cancelled meanwhile stays so. */
    public Import finish(Import running) {
        boolean stillRuns = find(running.id()).filter(now -> now.state() == Import.State.RUNNING).isPresent();
        if (stillRuns && running.mode() == Mode.REPLACE) {
            while (leave(running) == LEAVING) {
                // in slices, so that no transaction is long
            }
        }
        jdbc.sql("update import set state = 'finished', finished_at = :now where id = :id and state = 'running'")
                .param("now", now())
                .param("id", running.id()).update();
        return find(running.id()).orElseThrow();
    }

    private int leave(Import running) {
        return transaction.execute(_ -> {
            int left = jdbc
                    .sql("""
                            delete from list_member where list_id = :list
                               and not exists (select 1 from import_person r where r.import_id = :import and r.contact_id = list_member.contact_id)
                             limit %d"""
                            .formatted(LEAVING))
                    .param("list", running.list().value()).param("import", running.id()).update();
            jdbc.sql("update list set members = members - :left where id = :list").param("left", left)
                    .param("list", running.list().value()).update();
            return left;
        });
    }

    /** The verdict file of a finished import is complete: from now on the same bytes again are a repetition. */
    public void told(long importId) {
        jdbc.sql("update import set told_at = :now where id = :id and state = 'finished' and told_at is null")
                .param("now", now())
                .param("id", importId).update();
    }

    /** The import is over and did not come to its end. What chunks of it were taken stays. */
    public void refuse(Import running, String reason) {
        jdbc.sql(
                "update import set state = 'refused', reason = :reason, finished_at = :now where id = :id and state in ('queued', 'running')")
                .param("reason", reason).param("now", now()).param("id", running.id()).update();
    }

    /**
     * Stops an import. What is in stays in, and nobody leaves the list for not being in the file.
     *
     * @return false if it was over already
     */
    public boolean cancel(long importId) {
        return jdbc.sql("""
                update import set state = 'cancelled', reason = 'cancelled by a person', finished_at = :now
                 where id = :id and state in ('queued', 'running')""").param("now", now()).param("id", importId)
                .update() == 1;
    }

    /** All verdicts, in the order of the rows, never more than a page of them in memory. */
    public void verdicts(long importId, Consumer<RowVerdict> consumer) {
        long after = -1;
        List<RowVerdict> page;
        do {
            page = stretches.page(importId, after, PAGE);
            page.forEach(consumer);
            after = page.isEmpty() ? after : page.getLast().row();
        } while (page.size() == PAGE);
    }

    /** Rows by verdict, as far as they are in; verdicts that no row has are not there. Kept with the import, not counted. */
    public Map<Verdict, Long> counts(long importId) {
        return jdbc
                .sql("select accepted, updated, unchanged, duplicate, suppressed, invalid from import where id = :id")
                .param("id", importId).query((rs, _) -> ImportLine.counts(rs)).single();
    }

    /** Does the work and takes back all that it wrote, for a rehearsal. The work must stay on the calling thread. */
    public <T> T rolledBack(Supplier<T> work) {
        return transaction.execute(status -> {
            status.setRollbackOnly();
            return work.get();
        });
    }

    private LocalDateTime now() {
        return Times.utc(clock.instant());
    }

    private static String word(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }
}
