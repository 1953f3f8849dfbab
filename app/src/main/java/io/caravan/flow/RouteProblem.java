package io.caravan.flow;

/**
 * Something in a route file that must be put right before the routes can be used.
 *
 * @param file as the reader knows it: a path, or {@code (packed) NAME}
 * @param line 1 for the first
 * @param what a sentence without its full stop
 * @param todo what to do about it
 */
public record RouteProblem(String file, int line, String what, String todo) implements Comparable<RouteProblem> {

    @Override
    public int compareTo(RouteProblem other) {
        int byFile = file.compareTo(other.file);
        return byFile != 0 ? byFile : Integer.compare(line, other.line);
    }

    /** {@code file:line: what; what to do}, as editors and terminals follow it. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + what + "; " + todo;
    }
}
