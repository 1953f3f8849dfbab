package io.caravan.web.nodes;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.flow.LostNodes;
import io.caravan.flow.LostNodes.Declared;
import io.caravan.flow.LostNodes.Silent;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /nodes/ID/lost}: says how much mail it concerns and what becomes of it, then declares a node lost. */
@Controller
class LostPage {

    private static final String PATH = "/nodes/{id:\\d{1,9}}/lost";

    private final LostNodes lost;

    LostPage(LostNodes lost) {
        this.lost = lost;
    }

    @GetMapping(PATH)
    String ask(@PathVariable int id, Model model) {
        Silent node = lost.of(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("id", id);
        model.addAttribute("host", node.host());
        model.addAttribute("since", Moment.at(node.since()));
        model.addAttribute("batches", Words.number(node.batches()));
        model.addAttribute("mails", Words.number(node.mails()));
        model.addAttribute("refusal", lost.refusal(id).orElse(null));
        return "web/nodes/lost";
    }

    @PostMapping(PATH)
    RedirectView declare(@PathVariable int id, RedirectAttributes flash) {
        try {
            Declared done = lost.declare(id);
            flash.addFlashAttribute("said",
                    "Node " + id + " is declared lost. In doubt: " + Words.number(done.inDoubt())
                            + ". Sent again: " + Words.number(done.again()) + ". Given back: "
                            + Words.number(done.givenBack()) + ".");
        } catch (InvalidInput refused) {
            flash.addFlashAttribute("refused", refused.getMessage());
        }
        return new RedirectView("/nodes", true, false);
    }
}
