package io.caravan.web;

import java.util.List;

import io.caravan.web.Overview.Need;

/**
 * What needs a person, in words.
 *
 * @param kind     a word or two for the badge
 * @param about    the campaign or the file
 * @param campaign whose page settles it; "" when it is a file
 * @param anchor   where on that page
 * @param todo     the link's words
 * @param lies     the refused file that can be dismissed; "" when it is none
 * @param why      what happened and what to do, a sentence a line
 */
public record NeedView(String kind, String about, String campaign, String anchor, String todo, String lies,
        String why) {

    private static final int SHOWN = 3;

    static NeedView of(Need need) {
        return switch (need) {
            case Need.Question(var campaign, var number, var reason) ->
                new NeedView("asks", campaign + ", run " + number,
                        campaign, "", "Run it or skip it", "",
                        Words.sentence(reason == null ? "It is late" : reason) + " Nothing is sent until you decide.");
            case Need.Doubt(var campaign, var rows) -> new NeedView("in doubt", campaign, campaign, "#doubt",
                    "Settle " + (rows == 1 ? "it" : "them"), "",
                    (rows == 1 ? "One mail was" : Words.number(rows) + " mails were")
                            + " sent, but the answer was lost. Nobody is mailed twice: say for each whether it arrived.");
            case Need.Stuck(var waits, var file, var why) ->
                new NeedView(waits ? "waits" : "not taken", file, "", "", "Other files", "", why);
            case Need.Refusal refusal -> new NeedView("refused", refusal.file(), "", "", "Other files",
                    refusal.lies(),
                    problems(refusal.problems())
                            + "\nCorrect it and drop it again, and this goes by itself; it lies in the drop folder's "
                            + refusal.lies() + ".");
        };
    }

    private static String problems(List<String> problems) {
        String first = String.join("\n", problems.subList(0, Math.min(SHOWN, problems.size())));
        return problems.size() <= SHOWN ? first : first + "\nand " + (problems.size() - SHOWN) + " more";
    }
}
