package io.caravan.api;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** Slices of a search that looks at so many rows and no more: one may be short, even empty, and yet not be the last. */
final class Pieces {

    private Pieces() {
    }

    /** @param next the key of the last row that was looked at; null: the search is over */
    static <T> ResponseEntity<Slice<T>> of(List<T> items, @Nullable String next) {
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        String cursor = next == null ? null : Cursor.of(List.of(next));
        if (cursor != null) {
            answer.header(HttpHeaders.LINK, "<" + ServletUriComponentsBuilder.fromCurrentRequest()
                    .replaceQueryParam("cursor", cursor).build(true).toUriString() + ">; rel=\"next\"");
        }
        return answer.body(new Slice<>(items, cursor));
    }
}
