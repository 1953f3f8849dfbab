package io.caravan.flow;

import java.util.ArrayList;
import java.util.List;

import io.caravan.campaign.Draft;
import io.caravan.mail.InvalidInput;

/** A draft whose stored text is no YAML, as another program or a hand in the database may leave it: no field of it can be shown. */
public final class UnreadableDraft extends InvalidInput {

    private final transient Draft draft;

    UnreadableDraft(Draft draft, InvalidInput why) {
        super(problems(draft, why), why);
        this.draft = draft;
    }

    public Draft draft() {
        return draft;
    }

    private static List<Problem> problems(Draft draft, InvalidInput why) {
        String edit = "/campaigns/" + draft.name() + "/edit/";
        List<Problem> problems = new ArrayList<>();
        why.found().forEach(each -> problems.add(new Problem("draft",
                each.place().replaceFirst("^campaign:(\\d+)$", "the draft of campaign " + draft.name() + ", line $1"),
                each.text())));
        problems.add(new Problem("draft", "", "the draft of campaign " + draft.name()
                + " can neither be shown nor taken as it is: keep its text from " + edit
                + "file, throw it away on its page, and write it anew"));
        return problems;
    }
}
