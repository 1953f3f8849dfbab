package io.caravan.mail;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What somebody typed or dropped cannot be taken. Holds every problem at once, each a sentence: what, where, what to do. */
public class InvalidInput extends PermanentFault {

    private final List<String> problems;

    public InvalidInput(String problem) {
        this(problem, null);
    }

    public InvalidInput(String problem, @Nullable Throwable cause) {
        super(problem, cause);
        problems = List.of(problem);
    }

    public InvalidInput(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
