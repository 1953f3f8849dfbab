package io.caravan.web.audience;

import java.util.Optional;

import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.mail.ListId;

/** How a list is named in a page's address: by its name, or by {@code ~ID} where a firewall before the pages would refuse the name. */
final class ListKey {

    private ListKey() {
    }

    static String of(ListLine list) {
        return list.name().matches("[\\p{L}\\p{N}_][\\p{L}\\p{N} ._@+-]*") ? list.name() : "~" + list.id();
    }

    static Optional<ListLine> find(Lists lists, String key) {
        return key.matches("~\\d{1,18}") ? lists.line(new ListId(Long.parseLong(key.substring(1)))) : lists.line(key);
    }
}
