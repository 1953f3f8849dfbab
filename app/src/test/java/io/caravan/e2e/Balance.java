package io.caravan.e2e;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The sink's record against the ledger. The sink is the judge: what it took was sent, whatever the ledger thinks. */
record Balance(People people, Map<String, List<Taken>> taken, Set<String> accepted, Set<String> inDoubt,
        Map<String, Long> counts) {

    static Balance of(People people, ScriptedSink sink, Database database) throws SQLException {
        return of(people, List.of(sink), database);
    }

    static Balance of(People people, List<ScriptedSink> sinks, Database database) throws SQLException {
        await("what the sinks hold is taken or dropped")
                .until(() -> sinks.stream().allMatch(sink -> sink.openData() == 0));
        Map<String, List<Taken>> taken = sinks.stream().flatMap(sink -> sink.taken().stream())
                .collect(Collectors.groupingBy(Taken::recipient,
                        TreeMap::new, Collectors.toList()));
        return new Balance(people, taken, new TreeSet<>(database.addresses("accepted")),
                new TreeSet<>(database.addresses("in_doubt")), database.counts());
    }

    /** Recipients that the sink has more than once. */
    Map<String, List<Taken>> repeated() {
        Map<String, List<Taken>> repeated = new TreeMap<>(taken);
        repeated.values().removeIf(mails -> mails.size() == 1);
        return repeated;
    }

    long repeats() {
        return repeated().values().stream().mapToLong(mails -> mails.size() - 1).sum();
    }

    /** Everybody is accepted or in doubt, whoever is accepted has it, and nobody else has. */
    void nobodyIsLost() {
        Set<String> known = new TreeSet<>(accepted);
        known.addAll(inDoubt);
        assertThat(known).isEqualTo(new TreeSet<>(people.addresses()));
        assertThat(taken.keySet()).containsAll(accepted);
        Set<String> tookInDoubt = new TreeSet<>(taken.keySet());
        tookInDoubt.removeAll(accepted);
        assertThat(inDoubt).as("what the sink took and the ledger does not call accepted").containsAll(tookInDoubt);
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(people.addresses().size());
    }

    void nobodyIsMailedTwice() {
        assertThat(repeated()).isEmpty();
    }

    void repeatsAreTheSameMail() {
        repeated().forEach((recipient, mails) -> {
            assertThat(mails.stream().map(Taken::messageId)).as(recipient).containsOnly(mails.getFirst().messageId());
            assertThat(mails.stream().map(Balance::date)).as(recipient).containsOnly(date(mails.getFirst()));
            assertThat(mails.stream().map(Taken::sha256)).as(recipient).containsOnly(mails.getFirst().sha256());
        });
    }

    private static String date(Taken mail) {
        return new String(mail.data(), java.nio.charset.StandardCharsets.UTF_8).lines()
                .filter(line -> line.startsWith("Date: ")).findFirst().orElseThrow();
    }
}
