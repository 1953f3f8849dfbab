package io.caravan.web.editor;

import java.util.Locale;
import java.util.Set;

/** The steps of the editor, in their order. */
enum Step {
    AUDIENCE("Audience", "audience"), //
    CONTENT("Content", "name", "from", "reply_to", "subject", "html", "text", "attachments", "inline", "tags", "vars"), //
    SCHEDULE("Schedule", "schedule", "rate", "workflow", "in_doubt"), //
    PREFLIGHT("Check"), //
    REVIEW("Review and start");

    private final String title;
    private final Set<String> roots;

    Step(String title, String... roots) {
        this.title = title;
        this.roots = Set.of(roots);
    }

    String title() {
        return title;
    }

    /** Whether that key of the campaign file is asked for here. */
    boolean asksFor(String root) {
        return roots.contains(root);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    Step next() {
        return values()[Math.min(ordinal() + 1, values().length - 1)];
    }
}
