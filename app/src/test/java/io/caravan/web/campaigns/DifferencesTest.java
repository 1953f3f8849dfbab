package io.caravan.web.campaigns;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DifferencesTest {

    private static List<String> of(String before, String after) {
        return Differences.of(before, after).stream()
                .map(line -> line.kind() + " " + line.before() + ":" + line.after() + " " + line.text()).toList();
    }

    private static String lines(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(n -> "line " + n + "\n").collect(Collectors.joining());
    }

    @Test
    void equalTextsHaveNone() {
        assertThat(of("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void changedLineIsRemovedAndAddedBetweenItsNeighbours() {
        assertThat(of("name: a\nsubject: x\nrate: 1/s\n", "name: a\nsubject: y\nrate: 1/s\n")).containsExactly(
                "same 1:1 name: a", "removed 2: subject: x", "added :2 subject: y", "same 3:3 rate: 1/s");
    }

    @Test
    void numbersOfBothTextsGoOnAfterAnInsertion() {
        assertThat(of("a\nb\n", "a\nnew\nb\n")).containsExactly("same 1:1 a", "added :2 new", "same 2:3 b");
    }

    @Test
    void whatIsFarFromEveryChangeIsAGap() {
        assertThat(of(lines(1, 30), lines(1, 9) + "other\n" + lines(11, 30))).containsExactly("gap : 6 lines as before",
                "same 7:7 line 7", "same 8:8 line 8", "same 9:9 line 9", "removed 10: line 10", "added :10 other",
                "same 11:11 line 11", "same 12:12 line 12", "same 13:13 line 13", "gap : 17 lines as before");
    }

    @Test
    void twoChangesCloseTogetherShareTheLinesBetweenThem() {
        assertThat(of("a\nb\nc\nd\ne\n", "A\nb\nc\nd\nE\n")).containsExactly("removed 1: a", "added :1 A", "same 2:2 b",
                "same 3:3 c", "same 4:4 d", "removed 5: e", "added :5 E");
    }

    @Test
    void textThatIsNewFromTheFirstLineOnIsOnlyAdded() {
        assertThat(of("", "a\nb\n")).containsExactly("added :1 a", "added :2 b");
    }

    @Test
    void endlessChangesAreCut() {
        List<String> found = of(lines(1, 3000), lines(5001, 8000));

        assertThat(found.getLast()).startsWith("gap : The rest is left out");
    }
}
