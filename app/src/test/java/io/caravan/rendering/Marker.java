package io.caravan.rendering;

import java.util.concurrent.atomic.AtomicInteger;

/** Code that no template may reach. It cannot be loaded without being counted. */
public class Marker {

    static {
        Count.REACHED.incrementAndGet();
    }

    /** Apart from the class itself, so that to ask is not to load. */
    static final class Count {
        static final AtomicInteger REACHED = new AtomicInteger();

        private Count() {
        }
    }

    public Marker() {
        Count.REACHED.incrementAndGet();
    }

    public static String touch() {
        Count.REACHED.incrementAndGet();
        return "49-reached";
    }
}
