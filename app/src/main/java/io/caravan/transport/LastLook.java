package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Cleared;

/** What is asked a last time before a mail's content may go. Both answers come from memory: asked once a mail on the sending thread. */
public interface LastLook {

    /** Why this mail must not go after all, as {@code suppression:ID}; null: it may. Asked when its clearance is older than a second. */
    @Nullable
    String suppressed(Cleared mail);

    /** True while this node may start a DATA: its lease and its suppression feed are fresh. */
    boolean mayStart();
}
