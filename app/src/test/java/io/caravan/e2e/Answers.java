package io.caravan.e2e;

import java.io.IOException;
import java.util.Collections;

import io.caravan.transport.ScriptedSink;
import io.caravan.transport.ScriptedSink.Act;
import io.caravan.transport.ScriptedSink.Verb;

/** Sinks that answer every recipient in the same way. */
final class Answers {

    private static final int MANY = 2000;

    private Answers() {
    }

    static ScriptedSink to(String everyRecipient) throws IOException {
        return new ScriptedSink().quiet().always(
                ScriptedSink.script().on(Verb.RCPT,
                        Collections.nCopies(MANY, ScriptedSink.reply(everyRecipient)).toArray(Act[]::new)))
                .start();
    }

    /** So to the first few, whatever connection they come on, and well to all others. */
    static ScriptedSink first(int few, String recipients) throws IOException {
        java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();
        Act act = session -> (asked.getAndIncrement() < few ? ScriptedSink.reply(recipients) : ScriptedSink.honest())
                .at(session);
        return new ScriptedSink().quiet()
                .always(ScriptedSink.script().on(Verb.RCPT, Collections.nCopies(MANY, act).toArray(Act[]::new)))
                .start();
    }
}
