package io.caravan.web.suppressions;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import io.caravan.mail.InvalidInput;
import io.caravan.suppression.Reason;
import io.caravan.suppression.Scope;
import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.SuppressionSearch.Count;
import io.caravan.suppression.SuppressionSearch.Filter;
import io.caravan.suppression.SuppressionSearch.Place;
import io.caravan.web.Words;

/** {@code /suppressions}: the list, searched, and what was taken back. */
@Controller
class SuppressionsPage {

    private static final int PAGE = 50;

    private final SuppressionSearch search;
    private final Clock clock;

    SuppressionsPage(SuppressionSearch search, Clock clock) {
        this.search = search;
        this.clock = clock;
    }

    /** How many have a reason, and the link to them. */
    public record Reasons(String word, String words, String number) {
        static Reasons of(Map.Entry<Reason, Count> counted) {
            Count count = counted.getValue();
            return new Reasons(counted.getKey().word(), EntryLine.words(counted.getKey()),
                    Words.number(count.number()) + (count.exact() ? "" : "+"));
        }
    }

    /** What was asked for, as the form and the links repeat it. */
    public record Asked(String q, String reason, String scope, String shown) {
        boolean isAll() {
            return q.isEmpty() && reason.isEmpty() && scope.isEmpty();
        }

        Filter filter() {
            return new Filter(q, reason.isEmpty() ? null : Reason.of(reason),
                    scope.isEmpty() ? null : new Scope(scope));
        }
    }

    @GetMapping("/suppressions")
    String list(@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "") String reason,
            @RequestParam(defaultValue = "") String scope, @RequestParam(defaultValue = "") String shown,
            @RequestParam(required = false) @Nullable Long id, @RequestParam(defaultValue = "") String at,
            @RequestParam(defaultValue = "") String tail, Model model) {
        Asked asked = new Asked(q.strip(), reason.strip(), scope.strip(), shown.equals("removed") ? "removed" : "");
        Place after = id == null ? null : new Place(id, at, tail);
        List<String> problems = new ArrayList<>();
        model.addAttribute("entries", List.of());
        try {
            fill(asked, after, model);
        } catch (InvalidInput e) {
            problems.addAll(e.problems());
        }
        model.addAttribute("problems", problems);
        model.addAttribute("asked", asked);
        model.addAttribute("all", asked.isAll());
        model.addAttribute("first", after == null);
        model.addAttribute("reasons", search.counts().entrySet().stream().map(Reasons::of).toList());
        return "web/suppressions/suppressions";
    }

    private void fill(Asked asked, @Nullable Place after, Model model) {
        if (asked.shown().isEmpty()) {
            page(search.page(asked.filter(), after, PAGE + 1), entry -> EntryLine.of(entry, clock.instant()),
                    SuppressionSearch::place, model);
        } else {
            page(search.removed(asked.filter(), after, PAGE + 1), EntryLine::of, SuppressionSearch::place, model);
        }
    }

    private static <T> void page(List<T> found, Function<T, EntryLine> words, Function<T, Place> place, Model model) {
        List<T> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("entries", page.stream().map(words).toList());
        model.addAttribute("next", found.size() > PAGE ? place.apply(page.getLast()) : null);
    }
}
