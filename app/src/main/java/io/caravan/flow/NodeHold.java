package io.caravan.flow;

import java.io.File;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import io.caravan.shaping.BackPressure;

/** What keeps this node as a whole from claiming: its journal, its feed, its clock, its disk, work that is not done yet, or a seam that takes nothing. */
@Component
class NodeHold {

    private static final Logger log = LoggerFactory.getLogger(NodeHold.class);

    /** Times the memory of rendered mail at which nothing is claimed; from once on it is what waits on a crowded road ({@link ClaimGroups#crowded}). */
    private static final int AT_MOST = 2;

    private final InFlight inFlight;
    private final Recorder recorder;
    private final NodeLife node;
    private final Seam seam;
    private final BackPressure backPressure;
    private @Nullable String lastHeld;

    NodeHold(InFlight inFlight, Recorder recorder, NodeLife node, Seam seam, Sending sending) {
        this.inFlight = inFlight;
        this.recorder = recorder;
        this.node = node;
        this.seam = seam;
        backPressure = BackPressure.standard(AT_MOST * sending.memory());
    }

    /** What holds this node as a whole at this moment; empty: nothing does. Asks nobody: it answers also when the database does not. */
    Optional<String> now() {
        return now(inFlight.bytes());
    }

    /** The same without mail that only waits for connections: that is work under way, and ends by itself. */
    Optional<String> failing() {
        return now(0);
    }

    private Optional<String> now(long renderedBytes) {
        return here(renderedBytes).or(seam::broken);
    }

    /** The same but for the seam: what concerns this node's own work. */
    Optional<String> here() {
        return here(inFlight.bytes());
    }

    private Optional<String> here(long renderedBytes) {
        if (!node.isRunning()) {
            return Optional.empty();
        }
        String broken = node.journalBroken();
        if (broken != null) {
            return Optional.of("the journal cannot be written: " + broken);
        }
        return node.feedFresh()
                ? backPressure
                        .holds(new BackPressure.Readings(recorder.behind(), recorder.waiting(), node.journalBytes(),
                                freeDisk(), renderedBytes, node.skew(), node.leaseFresh()))
                : Optional.of("the suppression feed is not fresh: the database does not answer");
    }

    /** Said once in the log when it changes. */
    @Nullable
    String told() {
        String held = now().orElse(null);
        String kind = held == null ? null : held.replaceAll("[\\d.]+", "N");
        if (kind != null && !kind.equals(lastHeld)) {
            log.warn("event=claims-held what=\"{}\"", held);
        } else if (kind == null && lastHeld != null) {
            log.info("event=claims-go-on");
        }
        lastHeld = kind;
        return held;
    }

    private long freeDisk() {
        File data = node.settings().data().toFile();
        return data.getUsableSpace();
    }
}
