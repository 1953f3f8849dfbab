package io.caravan.web.editor;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.springframework.stereotype.Component;

/** The HTML of mails that are being typed, for a moment: a sandboxed frame asks for its markup by itself. */
@Component
class LivePreviews {

    private static final int KEPT = 50;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, String> shown = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > KEPT;
        }
    };

    /** @return what the frame names it by */
    String keep(String html) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String key = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        synchronized (shown) {
            shown.put(key, html);
        }
        return key;
    }

    Optional<String> find(String key) {
        synchronized (shown) {
            return Optional.ofNullable(shown.get(key));
        }
    }
}
