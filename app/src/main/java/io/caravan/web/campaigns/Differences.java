package io.caravan.web.campaigns;

import java.util.ArrayList;
import java.util.List;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.Patch;

/** What changed between two texts, line by line, with three lines around each change. */
public final class Differences {

    private static final int AROUND = 3;
    private static final int MOST = 2000;

    /**
     * A line of either text.
     *
     * @param kind   {@code same}, {@code added}, {@code removed}, or {@code gap} for the lines between two changes
     * @param before its number in the old text, "" if it is not there
     * @param after  likewise in the new one
     */
    public record Line(String kind, String before, String after, String text) {

        /** Before the line, for those who see no colour. */
        public String sign() {
            return switch (kind) {
                case "added" -> "+";
                case "removed" -> "\u2212";
                default -> "";
            };
        }
    }

    private Differences() {
    }

    /** Empty if they are equal. At most some thousand lines: what is longer ends in a gap that says so. */
    public static List<Line> of(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> now = after.lines().toList();
        Patch<String> patch = DiffUtils.diff(old, now);
        List<Line> lines = new ArrayList<>();
        int shown = 0; // of the old text
        int shift = 0; // from a line's number in the old text to that in the new one
        for (AbstractDelta<String> delta : patch.getDeltas()) {
            int at = delta.getSource().getPosition();
            context(old, shown, at, shift, lines, true);
            removed(delta.getSource().getLines(), at, lines);
            added(delta.getTarget().getLines(), delta.getTarget().getPosition(), lines);
            shown = at + delta.getSource().size();
            shift += delta.getTarget().size() - delta.getSource().size();
            if (lines.size() > MOST) {
                lines.add(new Line("gap", "", "", "The rest is left out: download both to compare them."));
                return lines;
            }
        }
        if (!lines.isEmpty()) {
            context(old, shown, old.size(), shift, lines, false);
        }
        return lines;
    }

    /** Lines that stayed, from one change to the next or to the end. */
    private static void context(List<String> old, int from, int to, int shift, List<Line> lines,
            boolean changeFollows) {
        int head = from == 0 && lines.isEmpty() ? from : Math.min(to, from + AROUND);
        int tail = changeFollows ? Math.max(head, to - AROUND) : to;
        same(old, from, head, shift, lines);
        if (tail > head) {
            int left = tail - head;
            lines.add(new Line("gap", "", "", left == 1 ? "1 line as before" : left + " lines as before"));
        }
        same(old, tail, to, shift, lines);
    }

    private static void same(List<String> old, int from, int to, int shift, List<Line> lines) {
        for (int i = from; i < to; i++) {
            lines.add(new Line("same", String.valueOf(i + 1), String.valueOf(i + 1 + shift), old.get(i)));
        }
    }

    private static void removed(List<String> texts, int at, List<Line> lines) {
        for (int i = 0; i < texts.size(); i++) {
            lines.add(new Line("removed", String.valueOf(at + i + 1), "", texts.get(i)));
        }
    }

    private static void added(List<String> texts, int at, List<Line> lines) {
        for (int i = 0; i < texts.size(); i++) {
            lines.add(new Line("added", "", String.valueOf(at + i + 1), texts.get(i)));
        }
    }
}
