package io.caravan.api;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * A piece of a list, in the order of a key that never changes.
 *
 * @param next the cursor of the piece after this one, which may be empty; null: this is the last
 */
public record Slice<T>(List<T> items, @Nullable String next) {

    /** Given without {@code limit}. */
    public static final String USUAL = "50";
    private static final int MOST = 500;

    /**
     * @param limit as asked for
     * @return how many rows to read: one more than will be given, so that it is known whether there are more; never more than 500, so a
     *         slice of 500 says that there may be more
     * @throws Refused 400 if it is not between 1 and 500
     */
    public static int reading(int limit) {
        if (limit < 1 || limit > MOST) {
            throw Refused.field("limit", "out_of_range", "limit is " + limit + "; ask for 1 to " + MOST);
        }
        return Math.min(limit + 1, MOST);
    }

    /**
     * Answers with a {@code Link: rel="next"} when there is more.
     *
     * @param read  up to {@link #reading} rows
     * @param limit as asked for
     * @param key   the position of a row in the list, in the parts that {@link Cursor#parts} gives back
     */
    public static <R, T> ResponseEntity<Slice<T>> of(List<R> read, int limit, Function<R, List<String>> key,
            Function<R, T> shown) {
        List<R> given = read.subList(0, Math.min(limit, read.size()));
        boolean more = read.size() > limit || read.size() == MOST;
        return with(given.stream().map(shown).toList(), more ? key.apply(given.getLast()) : null);
    }

    /**
     * The same of a list that knows itself where it goes on.
     *
     * @param after the position to go on from; null: these are the last
     */
    static <T> ResponseEntity<Slice<T>> with(List<T> items, @Nullable List<String> after) {
        String next = after == null ? null : Cursor.of(after);
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (next != null) {
            String uri = ServletUriComponentsBuilder.fromCurrentRequest().replaceQueryParam("cursor", next).build(true)
                    .toUriString();
            answer.header(HttpHeaders.LINK, "<" + uri + ">; rel=\"next\"");
        }
        return answer.body(new Slice<>(items, next));
    }
}
