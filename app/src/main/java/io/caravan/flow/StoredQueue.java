package io.caravan.flow;

import java.time.InstantSource;

import org.springframework.beans.factory.BeanFactory;

import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Cancellations;
import io.caravan.delivery.QueueHolds;
import io.caravan.delivery.QueueRows;
import io.caravan.delivery.RunCounts;
import io.caravan.delivery.RunLanes;
import io.caravan.pacing.LaneReplies;
import io.caravan.pacing.LaneStates;
import io.caravan.pacing.Lanes;

/** The queue from the ledgers alone, beside a running server or without one: all but its rates, which only a server knows. */
public record StoredQueue(QueueDesk desk, QueueActs acts) {

    /** @param ledgers a context that has them */
    public static StoredQueue of(BeanFactory ledgers, InstantSource clock) {
        Runs runs = ledgers.getBean(Runs.class);
        Lanes names = ledgers.getBean(Lanes.class);
        RunLanes lanes = ledgers.getBean(RunLanes.class);
        QueueHolds holds = ledgers.getBean(QueueHolds.class);
        return new StoredQueue(
                new QueueDesk(runs, ledgers.getBean(Campaigns.class), lanes, ledgers.getBean(RunCounts.class), names,
                        ledgers.getBean(LaneStates.class), ledgers.getBean(LaneReplies.class),
                        new HandHolds(holds, names), QueueDesk.Pacing.UNKNOWN),
                new QueueActs(runs, names, lanes, holds, ledgers.getBean(QueueRows.class),
                        ledgers.getBean(Cancellations.class), new QueueFaults(runs, clock)));
    }
}
