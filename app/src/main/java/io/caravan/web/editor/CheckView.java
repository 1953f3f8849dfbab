package io.caravan.web.editor;

import java.time.Instant;
import java.util.List;

import io.caravan.flow.DraftCheck;
import io.caravan.web.Words;

/**
 * A {@link DraftCheck} in words.
 *
 * @param state   {@code checking}, {@code good}, {@code faulty}, {@code refused}
 * @param current it is of the draft as it is now
 * @param percent of the audience that was looked at
 */
record CheckView(String state, boolean current, String looked, String audience, long percent, String reached,
        String suppressed, String excluded, List<String> problems, List<DraftCheck.Fault> faults, String at,
        String atIso) {

    static CheckView of(DraftCheck check, long edit) {
        Instant at = check.at();
        return new CheckView(check.state().name().toLowerCase(java.util.Locale.ROOT), check.edit() == edit,
                Words.number(check.looked()), Words.number(check.audience()),
                check.audience() == 0 ? 0 : Math.min(100, 100 * check.looked() / check.audience()),
                Words.number(check.reached()), Words.number(check.suppressed()), Words.number(check.excluded()),
                check.problems(), check.faults(), at == null ? "" : Words.time(at), at == null ? "" : at.toString());
    }
}
