package io.caravan.rendering;

import java.util.ArrayList;
import java.util.List;

/** The subject: text and expressions, nothing else; cheaper than an engine run. */
final class Subject {

    private final List<String> numbers; // of sites, in order

    private Subject(List<String> numbers) {
        this.numbers = numbers;
    }

    static Subject compile(String source, Sites sites, Names names) {
        List<String> numbers = new ArrayList<>();
        for (Inline piece : Inline.cut(source, 1)) {
            if (piece.source() != null) {
                numbers.add(Integer.toString(sites.number("subject", piece.line(), piece.source(), names)));
                continue;
            }
            Stray.check(piece.text(), "subject", piece.line(), sites);
            if (piece.text().contains("[#") || piece.text().contains("[/]")) {
                sites.problem("subject", piece.line(),
                        "[# ...] is not offered here; write [[${name} ? '...' : '...']]");
            }
            if (!piece.text().isEmpty()) {
                Expression literal = new Expression.Literal(piece.text());
                numbers.add(Integer.toString(sites.add(new Site("subject", piece.line(), literal, null, null))));
            }
        }
        return new Subject(numbers);
    }

    String render(Frame frame) {
        StringBuilder text = new StringBuilder();
        for (String number : numbers) {
            text.append(Values.text(frame.value(number, null, false)));
        }
        return text.toString();
    }
}
