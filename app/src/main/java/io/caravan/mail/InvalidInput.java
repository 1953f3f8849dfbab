package io.caravan.mail;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** What somebody typed or dropped cannot be taken. Holds every problem at once, each a sentence: what, where, what to do. */
public class InvalidInput extends PermanentFault {

    /**
     * One thing that is wrong.
     *
     * @param field the key that it is about, {@code schedule.cron}; "": none, or it is not known
     * @param place where a person looks for it, {@code spring.campaign.yaml:4}; "": the text says that, or it came without a file
     * @param text  what is wrong, what to do
     */
    public record Problem(String field, String place, String text) {

        public String sentence() {
            return place.isEmpty() ? text : place + ": " + text;
        }
    }

    private final transient List<Problem> found;

    public InvalidInput(String problem) {
        this(problem, null);
    }

    public InvalidInput(String problem, @Nullable Throwable cause) {
        super(problem, cause);
        found = List.of(new Problem("", "", problem));
    }

    public InvalidInput(List<String> problems) {
        super(String.join("\n", problems));
        found = problems.stream().map(problem -> new Problem("", "", problem)).toList();
    }

    protected InvalidInput(List<Problem> found, @Nullable Throwable cause) {
        super(String.join("\n", found.stream().map(Problem::sentence).toList()), cause);
        this.found = List.copyOf(found);
    }

    /** Problems whose fields are known. */
    public static InvalidInput of(List<Problem> found) {
        return new InvalidInput(found, (Throwable) null);
    }

    /** As sentences. */
    public List<String> problems() {
        return found.stream().map(Problem::sentence).toList();
    }

    /** With their fields, as far as those are known. */
    public List<Problem> found() {
        return found;
    }
}
