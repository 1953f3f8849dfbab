package io.caravan.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;
import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Taken;

import static org.assertj.core.api.Assertions.assertThat;

/** The product's main job with rows of every kind, and its judge. Of 100 rows 3 are doubles, 2 invalid, 2 suppressed, 1 is staff. */
final class MainJob {

    private enum Kind {
        GOOD, SUPPRESSED, STAFF, DOUBLE, INVALID
    }

    private final Server server;
    private final ScriptedSink sink;
    private final Map<Integer, Kind> rows = new HashMap<>();
    private final Map<Integer, String> written = new HashMap<>();
    private final String csv;

    MainJob(Server server, ScriptedSink sink, int count) {
        this.server = server;
        this.sink = sink;
        StringBuilder made = new StringBuilder("email,first_name\n");
        for (int row = 2; row <= count + 1; row++) {
            Kind kind = kind(row);
            String address = kind == Kind.DOUBLE
                    ? written.get(row - 20).toUpperCase(Locale.ROOT)
                    : kind == Kind.INVALID ? "nobody" + row : "Person%d@d%d.example".formatted(row, row % 7);
            rows.put(row, kind);
            written.put(row, address);
            made.append(address).append(",P").append(row).append('\n');
        }
        csv = made.toString();
    }

    private static Kind kind(int row) {
        return switch (row % 100) {
            case 30, 60, 90 -> row < 22 ? Kind.GOOD : Kind.DOUBLE;
            case 15, 55 -> Kind.INVALID;
            case 25, 75 -> Kind.SUPPRESSED;
            case 45 -> Kind.STAFF;
            default -> Kind.GOOD;
        };
    }

    void isDone() {
        server.drop("staff.csv", "email\n" + String.join("\n", addresses(Kind.STAFF)) + "\n");
        server.awaitNote("staff.csv");
        List<Suppression.New> entries = addresses(Kind.SUPPRESSED).stream().map(address -> new Suppression.New(
                address.toLowerCase(Locale.ROOT), Scope.GLOBAL, Reason.MANUAL, "asked", null, null)).toList();
        server.bean(Suppressions.class).addAll(entries);

        server.campaign("spring", csv, "audience: {csv: spring.csv, exclude: [list:staff]}");

        server.awaitRun("spring", RunState.FINISHED);
    }

    private List<String> addresses(Kind kind) {
        return rows.keySet().stream().filter(row -> rows.get(row) == kind).sorted().map(written::get).toList();
    }

    /** Sink, verdict file and ledger, row by row. */
    void allAgree() {
        Map<String, Taken> taken = sink.taken().stream()
                .collect(Collectors.toMap(Taken::recipient, Function.identity()));
        assertThat(taken.keySet()).as("each good address has its mail, once")
                .isEqualTo(Set.copyOf(addresses(Kind.GOOD)))
                .hasSize(sink.takenCount());
        Map<String, List<String>> ledger = ledger();
        List<String> verdicts = server.awaitNote("spring.csv").lines().skip(1).toList();
        assertThat(verdicts).hasSize(rows.size());
        for (String line : verdicts) {
            String[] cell = line.split(",", 5);
            agree(Integer.parseInt(cell[0]), cell, ledger, taken);
        }
        assertThat(ledger).as("nobody else has a row").isEmpty();
        assertThat(server.counts("spring")).isEqualTo(Map.of(RowState.ACCEPTED, (long) taken.size(),
                RowState.SUPPRESSED, (long) addresses(Kind.SUPPRESSED).size() + addresses(Kind.STAFF).size()));
    }

    private void agree(int row, String[] verdict, Map<String, List<String>> ledger, Map<String, Taken> taken) {
        String address = written.get(row);
        assertThat(verdict[2]).isEqualTo(address);
        switch (rows.get(row)) {
            case GOOD -> {
                assertThat(verdict[3]).as(address).isEqualTo("accepted");
                List<String> cells = ledger.remove(address);
                assertThat(cells.get(2)).as(address).isEqualTo("accepted");
                assertThat(cells.get(5)).as(address).isEqualTo(taken.get(address).messageId());
            }
            case SUPPRESSED -> {
                assertThat(verdict[3]).as(address).isEqualTo("suppressed");
                assertThat(ledger.remove(address)).element(3).asString().matches("suppression:\\d+");
            }
            case STAFF -> {
                assertThat(verdict[3]).as("known by the list staff, and has a name now").isEqualTo("updated");
                assertThat(ledger.remove(address)).element(3).isEqualTo("excluded:list:staff");
            }
            case DOUBLE -> assertThat(verdict[3] + " " + verdict[4]).as(address)
                    .isEqualTo("duplicate same address as row " + (row - 20));
            case INVALID -> assertThat(verdict[3]).as(address).isEqualTo("invalid");
        }
    }

    /** By address, as the verb prints it. */
    private Map<String, List<String>> ledger() {
        Server.Said said = server.verb("ledger", "spring");
        assertThat(said.exit()).as(said.err()).isZero();
        Map<String, List<String>> byAddress = new HashMap<>();
        said.out().lines().skip(1).map(line -> List.of(line.split(",", -1)))
                .forEach(cells -> assertThat(byAddress.put(cells.get(1), cells)).isNull());
        return byAddress;
    }

    /** The same files once more change nobody and mail nobody, and say so. */
    void againDoesNothing() {
        Set<Taken> before = new HashSet<>(sink.taken());

        server.campaign("spring", csv, "audience: {csv: spring.csv, exclude: [list:staff]}");

        assertThat(server.awaitNote("spring-2.campaign.yaml"))
                .contains("campaign spring is unchanged at version 1: nothing to do");
        List<String> verdicts = new ArrayList<>(server.awaitNote("spring-2.csv").lines().skip(1).toList());
        verdicts.removeIf(line -> line.contains(",invalid,") || line.contains(",duplicate,")
                || line.contains(",suppressed,"));
        assertThat(verdicts).hasSize(addresses(Kind.GOOD).size() + addresses(Kind.STAFF).size())
                .allMatch(line -> line.split(",")[3].equals("unchanged"));
        assertThat(server.runs("spring")).hasSize(1);
        assertThat(new HashSet<>(sink.taken())).isEqualTo(before);
    }
}
