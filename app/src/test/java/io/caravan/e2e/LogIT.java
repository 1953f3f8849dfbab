package io.caravan.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.caravan.mail.RunState;
import io.caravan.transport.ScriptedSink;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written of people and secrets where others may read it: nothing in the log, no secret in the database. */
class LogIT {

    private static final List<String> PEOPLE = List.of("ana.secretname@private.example", "o'brien+tag@private.example",
            "=cmd|calc@private.example", "josé@bücher.example", "gone.person@gone.example",
            "UPPER.Case@private.example",
            "slow.person@later.example", "staff.member@private.example");

    @TempDir
    private Path data;

    @Test
    void theLogNamesNobodyAndNeitherItNorTheDatabaseHoldsASecret() throws IOException {
        List<ILoggingEvent> log = Collections.synchronizedList(new ArrayList<>());
        try (ScriptedSink main = new ScriptedSink().quiet()
                .offering("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN").start();
                ScriptedSink gone = Answers.to("550 5.1.1 <gone.person@gone.example> is not known here");
                ScriptedSink later = Answers.first(1, "450 4.2.1 <slow.person@later.example> later");
                Server server = Server
                        .on(data, Server.relays("main", main.port(), "gone", gone.port(), "later", later.port()))
                        .with("caravan.retry.first=1s",
                                "caravan.relays.login.uri=smtp://mailer:s3cret-w0rd@127.0.0.1:" + main.port()
                                        + "?tls=none",
                                "caravan.routing.domains.[private.example]=relay:login",
                                "caravan.routing.domains.[gone.example]=relay:gone",
                                "caravan.routing.domains.[later.example]=relay:later")
                        .changing(_ -> listen(log)).start()) {
            server.drop("staff.csv", "email\nstaff.member@private.example\n");
            server.awaitNote("staff.csv");
            String csv = "email,first_name\n" + String.join(",X\n", PEOPLE) + ",X\n"
                    + "ana.secretname@private.example,Again\nbroken.person@@private.example,Y\n";
            server.campaign("hostile", csv, "audience: {csv: hostile.csv, exclude: [list:staff]}");
            server.awaitRun("hostile", RunState.FINISHED);
            server.drop("strict.csv", "email,city\nana.secretname@private.example,\n");
            server.drop("strict.txt", "[[${city}]]\n");
            server.drop("strict.campaign.yaml", Server.file("strict"));
            server.awaitRun("strict", RunState.REFUSED);
            server.drop("refused.csv", "name\nunknown.person@private.example\n");
            server.awaitNote("refused.csv");
            assertThat(server.counts("hostile").values().stream().mapToLong(Long::longValue).sum()).isEqualTo(8);

            String dump = dump(server);
            Map<String, String> secrets = secrets();
            server.close();
            String said = said(log);
            assertThat(said).containsPattern("event=run-finished run=\\d+ campaign=hostile number=1 ")
                    .containsPattern("event=run-refused run=\\d+ campaign=strict number=1 ");
            List<String> people = new ArrayList<>(PEOPLE);
            people.addAll(
                    List.of("broken.person", "unknown.person", "gone.person", "secretname", "o'brien", "slow.person"));
            for (String person : people) {
                assertThat(said.toLowerCase(Locale.ROOT)).doesNotContain(person.toLowerCase(Locale.ROOT));
            }
            secrets.forEach((what, secret) -> {
                assertThat(said.contains(secret)).as(what + " in the log").isFalse();
                assertThat(dump.contains(secret)).as(what + " in the database").isFalse();
            });
        }
    }

    /** From the moment that levels and appenders are set. */
    private static void listen(List<ILoggingEvent> log) {
        AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                log.add(event);
            }
        };
        ear.start();
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(ear);
    }

    /** With what the exceptions say. */
    private static String said(List<ILoggingEvent> log) {
        StringBuilder all = new StringBuilder();
        for (ILoggingEvent event : List.copyOf(log)) {
            all.append(event.getLoggerName()).append(' ').append(event.getFormattedMessage()).append('\n');
            for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
                all.append(thrown.getMessage()).append('\n');
            }
        }
        return all.toString();
    }

    private Map<String, String> secrets() throws IOException {
        Map<String, String> secrets = new LinkedHashMap<>();
        secrets.put("the relay's secret", "s3cret-w0rd");
        for (String key : List.of("token", "secret")) {
            secrets.put(key, Files.readString(data.resolve("keys").resolve(key), StandardCharsets.ISO_8859_1).strip());
        }
        assertThat(secrets.values()).allMatch(secret -> secret.length() > 10);
        return secrets;
    }

    /** Every value of every table, as text. */
    private static String dump(Server server) {
        StringBuilder all = new StringBuilder();
        List<String> tables = server.sql()
                .sql("select table_name from information_schema.tables where table_schema = database()")
                .query(String.class).list();
        assertThat(tables).contains("delivery", "suppression", "campaign_version");
        for (String table : tables) {
            server.sql().sql("select * from `" + table + "`").query().listOfRows().forEach(row -> row.values().forEach(
                    value -> all.append(value instanceof byte[] bytes
                            ? new String(bytes, StandardCharsets.ISO_8859_1)
                            : String.valueOf(value)).append('\n')));
        }
        return all.toString();
    }
}
