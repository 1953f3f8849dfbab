package io.caravan.config;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.LinkedHashMap;
import java.util.Map;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.stereotype.Component;

import io.caravan.cli.Masks;

/** {@code /actuator/support}: what only the running server knows of itself, for the verb {@code support}; masked here already. */
@Component
@Endpoint(id = "support")
class SupportEndpoint {

    private final CaravanProperties settings;
    private final ConfigurableEnvironment environment;
    private final Flyway flyway;
    private final RecentLog log;

    SupportEndpoint(CaravanProperties settings, ConfigurableEnvironment environment, Flyway flyway, RecentLog log) {
        this.settings = settings;
        this.environment = environment;
        this.flyway = flyway;
        this.log = log;
    }

    /** File names with their text. */
    @ReadOperation
    public Map<String, String> parts() {
        Masks masks = Masks.of(environment, settings.dataFolder().root());
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("server-configuration.txt", masks.settings(environment));
        parts.put("schema.txt", schema());
        parts.put("threads.txt", threads());
        parts.put("log.txt", masks.text(log.text()));
        return parts;
    }

    private String schema() {
        try {
            MigrationInfo current = flyway.info().current();
            return current == null
                    ? "no schema\n"
                    : "V%s %s, since %s%n".formatted(current.getVersion(), current.getDescription(),
                            current.getInstalledOn());
        } catch (RuntimeException e) {
            return "the database does not answer: " + e.getMessage() + "\n";
        }
    }

    private static String threads() {
        StringBuilder all = new StringBuilder();
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(false, false)) {
            all.append('"').append(thread.getThreadName()).append("\" ").append(thread.getThreadState());
            if (thread.getLockName() != null) {
                all.append(" on ").append(thread.getLockName()).append(" held by ").append(thread.getLockOwnerName());
            }
            all.append('\n');
            for (StackTraceElement frame : thread.getStackTrace()) {
                all.append("    at ").append(frame).append('\n');
            }
        }
        return all.toString();
    }
}
