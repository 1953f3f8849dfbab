package io.caravan.web.editor;

import java.util.List;

import io.caravan.flow.Reckoning;
import io.caravan.web.Words;

/** A {@link Reckoning} in words. */
record People(String audience, String suppressed, String excluded, String reached, boolean about,
        List<String> problems) {

    static People of(Reckoning people) {
        String about = people.about() ? "about " : "";
        return new People(Words.number(people.audience()), about + Words.number(people.suppressed()),
                about + Words.number(people.excluded()), about + Words.number(people.reached()), people.about(),
                people.problems());
    }
}
