package io.caravan.web.suppressions;

import java.time.Clock;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.suppression.SuppressionSearch;
import io.caravan.suppression.Suppressions;

/** {@code /suppressions/ID}: one entry with its evidence, and how it is taken back. A removed one is still told of, with its note. */
@Controller
class EntryPage {

    private static final String ID = "/suppressions/{id:\\d{1,18}}";

    private final Suppressions suppressions;
    private final SuppressionSearch search;
    private final Clock clock;

    EntryPage(Suppressions suppressions, SuppressionSearch search, Clock clock) {
        this.suppressions = suppressions;
        this.search = search;
        this.clock = clock;
    }

    @GetMapping(ID)
    String entry(@PathVariable long id, Model model) {
        EntryLine entry = suppressions.find(id).map(found -> EntryLine.of(found, clock.instant()))
                .or(() -> search.removed(id).map(EntryLine::of))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("entry", entry);
        model.addAttribute("others", suppressions.find(entry.address()).stream().filter(other -> other.id() != id)
                .map(other -> EntryLine.of(other, clock.instant())).toList());
        model.addAttribute("removed", search.removed(entry.address()).stream().filter(other -> other.id() != id)
                .map(EntryLine::of).toList());
        return "web/suppressions/entry";
    }

    @PostMapping(ID + "/remove")
    RedirectView remove(@PathVariable long id, @RequestParam(defaultValue = "") String note, RedirectAttributes flash) {
        if (note.isBlank()) {
            flash.addFlashAttribute("refused", "Not removed: write who asked for it, or why; the note is kept.");
        } else if (suppressions.remove(id, note.strip())) {
            flash.addFlashAttribute("said", "Removed. This person may be mailed again; the entry and your note are"
                    + " kept here.");
        } else {
            flash.addFlashAttribute("refused", "Not removed: entry " + id + " is no longer in force.");
        }
        return new RedirectView("/suppressions/" + id, true, false);
    }
}
