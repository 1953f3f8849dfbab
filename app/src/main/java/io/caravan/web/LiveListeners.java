package io.caravan.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The open pages that listen. One thread asks the stamp of each topic that somebody listens to, once a second; while nobody listens it
 * is not there, and nothing is asked.
 */
@Component
class LiveListeners implements SmartLifecycle {

    /** More pages than that poll. */
    static final int MOST = 200;

    private static final Logger LOG = LoggerFactory.getLogger(LiveListeners.class);
    private static final Duration PULSE = Duration.ofSeconds(1);
    private static final int HEARTBEAT = 15; // pulses

    private final Map<String, LiveTopic> topics = new HashMap<>();
    private final Duration pulse;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<LiveListener> listeners = new HashSet<>();
    private final Map<String, String> stamps = new HashMap<>();
    private @Nullable Thread asking;
    private boolean open;

    @Autowired
    LiveListeners(List<LiveTopic> topics) {
        this(topics, PULSE);
    }

    LiveListeners(List<LiveTopic> topics, Duration pulse) {
        topics.forEach(topic -> this.topics.put(topic.name(), topic));
        this.pulse = pulse;
    }

    boolean knows(String topic) {
        return topics.containsKey(name(topic));
    }

    /** False: there are too many, or this server is closing; the page polls instead. */
    boolean add(LiveListener listener) {
        lock.lock();
        try {
            if (!open || listeners.size() >= MOST) {
                return false;
            }
            listeners.add(listener);
            if (asking == null) {
                asking = Thread.ofVirtual().name("live-topics").start(this::ask);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void remove(LiveListener listener) {
        lock.lock();
        try {
            listeners.remove(listener);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int count() {
        lock.lock();
        try {
            return listeners.size();
        } finally {
            lock.unlock();
        }
    }

    private void ask() {
        for (int n = 1; waitsForNext(); n++) {
            Set<String> moved = new HashSet<>();
            for (String topic : listened()) {
                String stamp = stamp(topic);
                String before = stamp == null ? null : stamps.put(topic, stamp);
                if (before != null && !before.equals(stamp)) {
                    moved.add(topic);
                }
            }
            for (LiveListener listener : all()) {
                listener.tell(moved, n % HEARTBEAT == 0);
            }
        }
    }

    /** False when the last one has gone: the thread ends, and who comes next starts another. */
    private boolean waitsForNext() {
        lock.lock();
        try {
            long left = pulse.toNanos();
            while (left > 0 && !listeners.isEmpty()) {
                left = changed.awaitNanos(left);
            }
            if (listeners.isEmpty()) {
                asking = null;
                stamps.clear();
                return false;
            }
            return true;
        } catch (InterruptedException e) {
            asking = null;
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private List<LiveListener> all() {
        lock.lock();
        try {
            return new ArrayList<>(listeners);
        } finally {
            lock.unlock();
        }
    }

    /** Stamps that nobody listens to are forgotten: who comes back reads its page anew anyway. */
    private Set<String> listened() {
        Set<String> listened = new HashSet<>();
        all().forEach(listener -> listened.addAll(listener.topics()));
        stamps.keySet().retainAll(listened);
        return listened;
    }

    private @Nullable String stamp(String topic) {
        try {
            int colon = topic.indexOf(':');
            LiveTopic known = topics.get(name(topic));
            return known == null ? null : known.stamp(colon < 0 ? "" : topic.substring(colon + 1));
        } catch (RuntimeException e) {
            LOG.debug("topic {} not asked: {}", topic, e.toString()); // the database is away: the page is told when it is back
            return null;
        }
    }

    private static String name(String topic) {
        int colon = topic.indexOf(':');
        return colon < 0 ? topic : topic.substring(0, colon);
    }

    @Override
    public void start() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    /** Before the web server waits for open requests: a page that listens must not hold the stop. */
    @Override
    public void stop() {
        List<LiveListener> last;
        lock.lock();
        try {
            open = false;
            last = new ArrayList<>(listeners);
            listeners.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        last.forEach(LiveListener::end);
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
