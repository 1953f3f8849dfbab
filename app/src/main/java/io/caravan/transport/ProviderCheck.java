package io.caravan.transport;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.Finished;

/** Whoever planned a mail says whether it may wait for the provider that its domain turned out to be of. */
public interface ProviderCheck {

    /** Every mail may. */
    ProviderCheck NONE = (_, _) -> null;

    /** Why this mail goes back untried; null: it may wait for a connection. Called once a mail, from many threads; must not throw. */
    @Nullable
    String objection(Finished mail, String provider);
}
