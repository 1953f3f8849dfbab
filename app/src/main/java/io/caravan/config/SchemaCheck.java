package io.caravan.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.flywaydb.core.api.output.ValidateOutput;

/** Refuses a schema that a newer Caravan made, or somebody else. */
final class SchemaCheck {

    private SchemaCheck() {
    }

    static void refuseUnknown(Flyway flyway) {
        MigrationInfoService info = flyway.info();
        Optional<MigrationVersion> newest = Arrays.stream(info.all())
                .filter(each -> each.getScript() != null && each.getState().isResolved())
                .map(MigrationInfo::getVersion).filter(version -> version != null).max(Comparator.naturalOrder());
        List<String> unknown = Arrays.stream(info.applied()).filter(each -> !each.getState().isResolved())
                .map(each -> String.valueOf(each.getVersion())).toList();
        if (!unknown.isEmpty()) {
            throw new StartRefused("the database's schema has the migrations " + String.join(", ", unknown)
                    + " that this version, which"
                    + " knows up to " + newest.map(MigrationVersion::toString).orElse("none")
                    + ", does not know, so a newer Caravan has"
                    + " used it: start that one, or restore a backup made before");
        }
        List<String> changed = flyway.validateWithResult().invalidMigrations.stream()
                .filter(each -> !String.valueOf(each.errorDetails == null ? "" : each.errorDetails.errorCode)
                        .contains("PENDING"))
                .filter(each -> !pending(info, each)).map(each -> each.version + " " + each.description).toList();
        if (!changed.isEmpty()) {
            throw new StartRefused(
                    "the database's schema is not the one that this version makes (it differs in "
                            + String.join(", ", changed)
                            + "): use the Caravan that made it, or give an empty schema or data folder",
                    new FlywayValidateException(
                            flyway.validateWithResult().errorDetails,
                            flyway.validateWithResult().getAllErrorMessages()));
        }
    }

    private static boolean pending(MigrationInfoService info, ValidateOutput output) {
        return Arrays.stream(info.pending()).anyMatch(each -> String.valueOf(each.getVersion()).equals(output.version));
    }
}
