package io.caravan.web;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.flow.RefusedFiles;

/** What people do with a dropped file that was refused and that they will not correct. */
@Controller
class RefusedActions {

    private final RefusedFiles refused;

    RefusedActions(RefusedFiles refused) {
        this.refused = refused;
    }

    /** @param from {@code imports}: the page it was pressed on, else the overview */
    @PostMapping("/refused/dismiss")
    RedirectView dismiss(@RequestParam(defaultValue = "") String lies, @RequestParam(defaultValue = "") String from,
            RedirectAttributes flash) {
        if (refused.dismiss(lies)) {
            flash.addFlashAttribute("said", "Dismissed. The file stays where it lies: " + lies
                    + " in the drop folder. Dropped again, it is read again.");
        } else {
            flash.addFlashAttribute("refused",
                    "That file is not among those that wait any more: it was corrected, dismissed or removed.");
        }
        return new RedirectView(from.equals("imports") ? "/audience/imports" : "/", true, false);
    }
}
