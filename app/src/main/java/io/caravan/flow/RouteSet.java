package io.caravan.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.apache.camel.CamelContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;

/**
 * The routes in force: loaded at start, and exchanged as a whole afterwards. Keeps their text, so that a set that does not start can be
 * taken back.
 *
 * <p>Thread-safe; one reload at a time.
 */
public final class RouteSet implements Workflows {

    private static final Logger LOG = LoggerFactory.getLogger(RouteSet.class);

    /** Claiming, as far as a reload must steer it. */
    public interface PumpSwitch {
        /** From now on nothing is claimed. */
        void pause();

        /** Waits until no batch of this node is open, at most so long; whether that came about. */
        boolean awaitQuiet(Duration longest);

        /** Claims again. */
        void resume();
    }

    /** How long a reload waits for what is on the road. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RouteCheck check;
    private final Supplier<List<RouteFile>> files;
    private final PumpSwitch pump;
    private final Duration patience;
    private volatile @Nullable RouteRoad road;
    private volatile List<RouteFile> inForce = List.of();
    private volatile @Nullable Checked lastCheck;

    /** A set and what is wrong with it: the same text is not looked through again. */
    private record Checked(List<RouteFile> files, List<RouteProblem> problems) {
    }

    /** @param files the files as they are now, see {@link RouteFile#layered(java.nio.file.Path)} */
    public RouteSet(RouteCheck check, Supplier<List<RouteFile>> files, PumpSwitch pump) {
        this(check, files, pump, PATIENCE);
    }

    RouteSet(RouteCheck check, Supplier<List<RouteFile>> files, PumpSwitch pump, Duration patience) {
        this.check = check;
        this.files = files;
        this.pump = pump;
        this.patience = patience;
    }

    /**
     * Checks and loads the routes into a context that is about to start, or has started.
     *
     * @throws InvalidInput with every problem, a line each; nothing was loaded then
     */
    public synchronized void load(CamelContext context) {
        List<RouteFile> wanted = files.get();
        List<RouteProblem> problems = check.check(wanted);
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems.stream().map(RouteProblem::toString).toList());
        }
        road = new RouteRoad(context);
        try {
            road.lay(wanted);
        } catch (Exception e) {
            throw new InvalidInput(RouteRoad.reason(e).toString(), e);
        }
        inForce = wanted;
    }

    /** Exchanges the routes for the files as they are now, or says why not; what was in force stays in force then. */
    public synchronized RouteReload reload() {
        RouteRoad laid = road;
        if (laid == null) {
            throw new PermanentFault("the routes cannot be reloaded before they were loaded: start the server first");
        }
        List<RouteFile> wanted;
        List<RouteProblem> problems;
        try {
            wanted = files.get();
            problems = check.check(wanted);
        } catch (InvalidInput e) {
            return new RouteReload.Refused(e.problems());
        }
        if (!problems.isEmpty()) {
            return new RouteReload.Refused(problems.stream().map(RouteProblem::toString).toList());
        }
        pump.pause();
        try {
            return exchange(laid, wanted);
        } finally {
            pump.resume();
        }
    }

    private RouteReload exchange(RouteRoad laid, List<RouteFile> wanted) {
        long deadline = System.nanoTime() + patience.toNanos();
        pump.awaitQuiet(patience); // what is open still, is with the connections and needs no route
        List<String> busy = laid.hush(deadline);
        if (!busy.isEmpty()) {
            laid.wake();
            return new RouteReload.Busy(busy);
        }
        List<RouteFile> before = inForce;
        try {
            laid.clear();
            laid.lay(wanted);
            inForce = wanted;
            LOG.info("event=routes-reloaded files={}", wanted.size());
            return new RouteReload.Done(wanted.stream().map(RouteFile::shown).toList());
        } catch (Exception e) {
            RouteProblem why = RouteRoad.reason(e);
            takeBack(laid, before, e);
            LOG.warn("event=routes-taken-back reason={}", why);
            return new RouteReload.TakenBack(why.toString());
        }
    }

    private void takeBack(RouteRoad laid, List<RouteFile> before, Exception first) {
        try {
            laid.hush(System.nanoTime() + patience.toNanos()); // some of the new ones run already
            laid.clear();
            laid.lay(before);
        } catch (Exception e) {
            first.addSuppressed(e);
            throw new PermanentFault(
                    "neither the new routes nor the old ones start: restart the server; " + RouteRoad.reason(e), first);
        }
    }

    /** The files in force, as they were when they were loaded. Does not wait for a reload that is under way. */
    public List<RouteFile> inForce() {
        return new ArrayList<>(inForce);
    }

    /**
     * What a reload would find.
     *
     * @param changed  names of the files that differ from what is in force, new and removed ones too
     * @param problems sorted by file and line; empty: a reload would take the files
     */
    public record OnDisk(List<String> changed, List<RouteProblem> problems) {
    }

    /** The files as they are now, beside those in force. About a second for files that were not looked at yet, else nothing. */
    public OnDisk onDisk() {
        List<RouteFile> now;
        try {
            now = files.get();
        } catch (InvalidInput unreadable) {
            return new OnDisk(List.of(), unreadable.problems().stream().map(RouteCheck::fromSentence).toList());
        }
        List<RouteFile> laid = inForce;
        if (now.equals(laid)) {
            return new OnDisk(List.of(), List.of());
        }
        Checked known = lastCheck;
        if (known == null || !known.files().equals(now)) {
            known = new Checked(now, check.check(now));
            lastCheck = known;
        }
        Set<RouteFile> same = new HashSet<>(laid);
        Set<String> changed = new TreeSet<>();
        now.stream().filter(file -> !same.remove(file)).forEach(file -> changed.add(file.name()));
        same.forEach(gone -> changed.add(gone.name()));
        return new OnDisk(List.copyOf(changed), known.problems());
    }

    /** Whether a route is there and takes what comes; empty if it is not there. */
    Optional<String> status(String route) {
        RouteRoad laid = road;
        return laid == null ? Optional.empty() : laid.status(route);
    }

    @Override
    public Set<String> workflows() {
        return check.workflows(inForce);
    }
}
