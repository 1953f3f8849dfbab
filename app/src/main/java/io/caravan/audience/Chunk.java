package io.caravan.audience;

import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;

import io.caravan.mail.EmailAddress;

/**
 * Takes one chunk of an import: decides in memory from what is known of its people, and writes by one statement a table. The caller
 * holds the transaction.
 */
final class Chunk {

    /** A row that is taken: {@code contact} comes late for strangers, {@code version} is the one to write, 0 for none. */
    private static final class Taken {
        private final ImportRow row;
        private final String offered;
        private final EmailAddress address;
        private final Known known;
        private long contact;
        private int version;
        private String attributes = "";
        private Verdict verdict = Verdict.UNCHANGED;

        Taken(Offered offered, EmailAddress address, Known known) {
            row = offered.row();
            this.offered = offered.attributes();
            this.address = address;
            this.known = known;
            contact = known.contact();
        }
    }

    private record Decided(ImportRow row, Verdict verdict, String reason, @Nullable Taken person) {

        @Nullable
        Long contact() {
            return person == null ? null : person.contact;
        }

        boolean plain() {
            return reason.isEmpty() && person != null && row.written()
                    .equals(person.known.contact() > 0 ? person.known.written() : person.address.written());
        }
    }

    private final JdbcTemplate jdbc;
    private final VerdictSpans spans;
    private final Stretches stretches;

    Chunk(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        spans = new VerdictSpans(jdbc);
        stretches = new Stretches(jdbc);
    }

    Map<Verdict, Long> take(Import running, List<Offered> offered, Map<String, Known> known) {
        long through = lock(running);
        List<Offered> rows = offered.stream().filter(each -> each.row().row() > through).toList();
        Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
        if (rows.isEmpty()) {
            return counts;
        }
        Map<String, Taken> people = new LinkedHashMap<>();
        List<Decided> decided = decide(rows, known, people);
        int joined = write(running, people.values());
        insertRows(running, decided);
        spans.add(running.id(), decided.stream().map(d -> new VerdictSpans.Judged(d.row.row(), d.verdict)).toList());
        decided.forEach(d -> counts.merge(d.verdict, 1L, Long::sum));
        mark(running, rows.getLast().row().row(), counts, joined);
        return counts;
    }

    /** How far it is, what became of the rows, and how many the list holds: by one statement, the last, for others wait for the list's row. */
    private void mark(Import running, long through, Map<Verdict, Long> counts, int joined) {
        jdbc.update("""
                update import i join list l on l.id = i.list_id
                   set i.through_row = ?, i.accepted = i.accepted + ?, i.updated = i.updated + ?, i.unchanged = i.unchanged + ?,
                       i.duplicate = i.duplicate + ?, i.suppressed = i.suppressed + ?, i.invalid = i.invalid + ?,
                       l.members = l.members + ?
                 where i.id = ?""", through, counts.getOrDefault(Verdict.ACCEPTED, 0L),
                counts.getOrDefault(Verdict.UPDATED, 0L), counts.getOrDefault(Verdict.UNCHANGED, 0L),
                counts.getOrDefault(Verdict.DUPLICATE, 0L), counts.getOrDefault(Verdict.SUPPRESSED, 0L),
                counts.getOrDefault(Verdict.INVALID, 0L), joined, running.id());
    }

    /** Two processes must not take the same import's rows. */
    private long lock(Import running) {
        List<Long> through = jdbc.queryForList(
                "select through_row from import where id = ? and state = 'running' for update", Long.class,
                running.id());
        if (through.isEmpty()) {
            throw new ImportOver(running.id());
        }
        return through.getFirst();
    }

    private static List<Decided> decide(List<Offered> rows, Map<String, Known> known, Map<String, Taken> people) {
        List<Decided> decided = new ArrayList<>(rows.size());
        for (Offered offered : rows) {
            ImportRow row = offered.row();
            EmailAddress address = row.address();
            if (address == null) {
                decided.add(new Decided(row, Verdict.INVALID, String.valueOf(row.problem()), null));
                continue;
            }
            Known before = known.getOrDefault(address.canonical(), Known.NOBODY);
            Taken first = people.get(address.canonical());
            if (first != null || before.earlierRow() > 0) {
                long earlier = first != null ? first.row.row() : before.earlierRow();
                Taken same = first != null ? first : new Taken(offered, address, before);
                decided.add(new Decided(row, Verdict.DUPLICATE, "same address as row " + earlier, same));
                continue;
            }
            Taken person = new Taken(offered, address, before);
            people.put(address.canonical(), person);
            merge(person);
            decided.add(before.suppression() > 0
                    ? new Decided(row, Verdict.SUPPRESSED, "suppression:" + before.suppression(), person)
                    : new Decided(row, person.verdict, "", person));
        }
        return decided;
    }

    /** New attributes over the stored ones; what is missing in the row stays. */
    private static void merge(Taken person) {
        String stored = person.known.attributes();
        if (person.contact == 0) {
            person.version = 1;
            person.attributes = person.offered;
            person.verdict = Verdict.ACCEPTED;
        } else if (!person.offered.equals(stored)) {
            Map<String, String> before = stored == null ? Map.of() : Attributes.read(stored);
            Map<String, String> merged = new HashMap<>(before);
            merged.putAll(person.row.attributes());
            if (stored == null || !merged.equals(before)) {
                person.version = person.known.version() + 1;
                person.attributes = Attributes.write(merged);
                person.verdict = Verdict.UPDATED;
            }
        }
    }

    /** @return how many came into the list */
    private int write(Import running, Collection<Taken> people) {
        insertContacts(people.stream().filter(person -> person.contact == 0).toList());
        List<Taken> updated = people.stream().filter(person -> person.version > 1).toList();
        bulk("insert into contact_version (contact_id, version, attributes) values (?, ?, ?)", updated,
                (row, person) -> {
                    row.setLong(1, person.contact);
                    row.setInt(2, person.version);
                    row.setString(3, person.attributes);
                });
        moveVersions(updated);
        List<Taken> joining = people.stream().filter(person -> !person.known.member()).toList();
        bulk("insert into import_person (import_id, contact_id, row_no) values (?, ?, ?)", people,
                (row, person) -> {
                    row.setLong(1, running.id());
                    row.setLong(2, person.contact);
                    row.setLong(3, person.row.row());
                });
        bulk("insert into list_member (list_id, contact_id) values (?, ?)", joining, (row, person) -> {
            row.setLong(1, running.list().value());
            row.setLong(2, person.contact);
        });
        return joining.size();
    }

    private void insertContacts(List<Taken> strangers) {
        if (strangers.isEmpty()) {
            return;
        }
        long before = Objects
                .requireNonNull(jdbc.queryForObject("select coalesce(max(id), 0) from contact", Long.class));
        bulk("insert into contact (address, written, domain, attributes) values (?, ?, ?, ?)", strangers,
                (row, person) -> {
                    row.setString(1, person.address.canonical());
                    row.setString(2, person.address.written());
                    row.setString(3, person.address.domain());
                    row.setString(4, person.attributes);
                });
        // the bulk protocol tells no ids. They are above all that were there, in order, and one after the other if nobody came between:
        // then they fill what lies between the first and the last. Both ends are read from the key
        long[] ends = jdbc.query("select min(id), max(id) from contact where id > ?",
                (rs, _) -> new long[]{rs.getLong(1), rs.getLong(2)}, before).getFirst();
        if (ends[1] - ends[0] + 1 == strangers.size()) {
            long next = ends[0];
            for (Taken person : strangers) {
                person.contact = next++;
            }
        } else {
            findIds(strangers, before);
        }
    }

    private void findIds(List<Taken> strangers, long before) {
        Map<String, Taken> byAddress = HashMap.newHashMap(strangers.size());
        strangers.forEach(person -> byAddress.put(person.address.canonical(), person));
        jdbc.query("select id, address from contact where id > ?", rs -> {
            Taken person = byAddress.get(rs.getString(2));
            if (person != null) {
                person.contact = rs.getLong(1);
            }
        }, before);
        if (strangers.stream().anyMatch(person -> person.contact == 0)) {
            throw new IllegalStateException("new contacts got ids below earlier ones: the database does not count"
                    + " contact.id up by itself alone; set auto_increment_offset and _increment to 1");
        }
    }

    private void moveVersions(List<Taken> updated) {
        if (updated.isEmpty()) {
            return;
        }
        StringBuilder pairs = new StringBuilder("[");
        for (Taken person : updated) {
            pairs.append(pairs.length() > 1 ? "," : "").append('[').append(person.contact).append(',')
                    .append(person.version).append(']');
        }
        // the versions come as one parameter; the join order keeps the optimiser from reading all contacts
        jdbc.update("""
                update json_table(?, '$[*]' columns (id bigint path '$[0]', version int path '$[1]')) j straight_join contact c on c.id = j.id
                   set c.version = j.version, c.updated_at = now(6)""", pairs.append(']').toString());
    }

    private void insertRows(Import running, List<Decided> decided) {
        Set<Long> told = stretches.add(running.id(), decided.stream().filter(Decided::plain)
                .map(d -> new Stretches.Plain(d.row.row(), d.row.line(), Objects.requireNonNull(d.contact()),
                        d.verdict))
                .toList());
        bulk("insert into import_row (import_id, row_no, line_no, written, contact_id, verdict, reason)"
                + " values (?, ?, ?, ?, ?, ?, ?)", decided.stream().filter(d -> !told.contains(d.row.row())).toList(),
                (row, d) -> {
                    row.setLong(1, running.id());
                    row.setLong(2, d.row.row());
                    row.setLong(3, d.row.line());
                    row.setString(4, cut(d.row.written()));
                    row.setObject(5, d.contact(), Types.BIGINT);
                    row.setString(6, d.verdict.word());
                    row.setString(7, cut(d.reason));
                });
    }

    /**
     * A batch of a plain INSERT goes by the server's bulk protocol: values in binary, nothing to parse, half the cost of one long statement.
     * The database waits while a batch is made, so its values are set by their types, which are not looked for.
     */
    private <T> void bulk(String sql, Collection<T> items, ParameterizedPreparedStatementSetter<T> values) {
        if (!items.isEmpty()) {
            jdbc.batchUpdate(sql, items, items.size(), values);
        }
    }

    private static String cut(String text) {
        if (text.length() <= 1000) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(999)) ? 999 : 1000);
    }
}
