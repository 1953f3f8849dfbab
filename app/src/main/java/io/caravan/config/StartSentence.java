package io.caravan.config;

import java.io.IOException;
import java.net.BindException;
import java.sql.SQLException;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.PortInUseException;

import io.caravan.cli.Launcher;
import io.caravan.mail.Fault;

/** Finds, in the chain of causes that frameworks wrap around a failure, the one that a person can do something about. */
final class StartSentence {

    private StartSentence() {
    }

    static Launcher.Failure of(Throwable failure) {
        StartRefused refused = find(failure, StartRefused.class);
        if (refused != null) {
            return new Launcher.Failure(String.valueOf(refused.getMessage()), refused.exitCode());
        }
        Fault fault = find(failure, Fault.class);
        if (fault != null) {
            return new Launcher.Failure(String.valueOf(fault.getMessage()), 1);
        }
        PortInUseException port = find(failure, PortInUseException.class);
        if (port != null) {
            return new Launcher.Failure(portTaken(port.getPort()), 1);
        }
        BindException bind = find(failure, BindException.class);
        if (bind != null) {
            return new Launcher.Failure(
                    "the web server cannot listen (" + bind.getMessage() + "): check server.address and server.port",
                    1);
        }
        SQLException sql = find(failure, SQLException.class);
        if (sql != null) {
            return new Launcher.Failure("the database refused (" + firstLine(sql) + "): see --debug for where", 1);
        }
        IOException io = find(failure, IOException.class);
        if (io != null && String.valueOf(io.getMessage()).contains("No space left")) {
            return new Launcher.Failure("the disk is full: free some space and start again", 1);
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new Launcher.Failure(
                "stopped by a fault of its own (" + root.getClass().getSimpleName() + ": " + firstLine(root)
                        + "): start it with --debug to see where, and please report it",
                1);
    }

    static String portTaken(int port) {
        return "port " + port + " is taken by another program: stop that, or give another port with --server.port=PORT";
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
        }
        return null;
    }
}
