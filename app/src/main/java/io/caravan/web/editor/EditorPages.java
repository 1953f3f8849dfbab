package io.caravan.web.editor;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.campaign.Draft;
import io.caravan.flow.CampaignDrafts;
import io.caravan.intake.CampaignFile;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Words;

/** {@code /campaigns/new}, and what concerns a draft as a whole. */
@Controller
class EditorPages {

    private static final int MOST = 50;

    private final CampaignDrafts drafts;
    private final EditorSteps steps;
    private final Lists lists;

    EditorPages(CampaignDrafts drafts, EditorSteps steps, Lists lists) {
        this.drafts = drafts;
        this.steps = steps;
        this.lists = lists;
    }

    /** A draft that waits for somebody. */
    record Waiting(String name, boolean isNew, String at, String atIso) {
        static Waiting of(Draft draft) {
            return new Waiting(draft.name(), draft.base() == 0, Words.time(draft.updatedAt()),
                    draft.updatedAt().toString());
        }
    }

    @GetMapping("/campaigns/new")
    ModelAndView begin(Model model) {
        return begin("", "", List.of(), model);
    }

    @PostMapping("/campaigns/new")
    ModelAndView create(@RequestParam(defaultValue = "") String name, @RequestParam(defaultValue = "") String list,
            Model model) {
        try {
            Draft draft = drafts.begin(name.strip(), list);
            return EditorSteps.to("/campaigns/" + draft.name() + "/edit/audience");
        } catch (InvalidInput e) {
            ModelAndView page = begin(name, list, e.problems(), model);
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
            return page;
        }
    }

    private ModelAndView begin(String name, String list, List<String> wrong, Model model) {
        model.addAttribute("typed", name);
        model.addAttribute("chosen", list);
        model.addAttribute("wrong", wrong);
        model.addAttribute("lists", lists.page("", MOST).stream().map(ListLine::name).toList());
        model.addAttribute("waiting", drafts.recent(MOST).stream().map(Waiting::of).toList());
        return new ModelAndView("web/editor/new", model.asMap());
    }

    @GetMapping(EditorSteps.NAME + "/edit")
    ModelAndView edit(@PathVariable String name) {
        steps.open(name);
        return EditorSteps.to("/campaigns/" + name + "/edit/audience");
    }

    /** The draft as a campaign file. */
    @GetMapping(EditorSteps.EDIT + "file")
    ResponseEntity<byte[]> file(@PathVariable String name) {
        return ResponseEntity.ok()
                .header(HttpHeaders.CONTENT_DISPOSITION,
                        ContentDisposition.attachment().filename(name + CampaignFile.ENDING).build().toString())
                .contentType(MediaType.parseMediaType("application/yaml"))
                .body(steps.open(name).source().getBytes(StandardCharsets.UTF_8));
    }

    @PostMapping(EditorSteps.EDIT + "discard")
    ModelAndView discard(@PathVariable String name, @RequestParam long edit, RedirectAttributes flash) {
        boolean gone = drafts.discard(steps.open(name).upon(edit));
        boolean known = drafts.inForce(name).isPresent();
        if (!gone) {
            flash.addFlashAttribute("refused",
                    "The draft was saved meanwhile, in another tab or by somebody else: look at it before it is thrown away.");
            return EditorSteps.to("/campaigns/" + name + "/edit/review");
        }
        flash.addFlashAttribute("said", "The draft of " + name + " is thrown away."
                + (known ? " The version in force is as it was." : ""));
        return EditorSteps.to(known ? "/campaigns/" + name : "/campaigns/new");
    }
}
