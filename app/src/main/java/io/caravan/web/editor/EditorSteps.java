package io.caravan.web.editor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.ui.Model;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.campaign.Draft;
import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.DraftCheck;
import io.caravan.flow.DraftFault;
import io.caravan.flow.DraftPreflight;

/** What all steps of the editor have in common: a draft is opened, typed into, saved, and told of what is wrong, each fault at its field. */
@Component
class EditorSteps {

    static final String NAME = "/campaigns/{name:[A-Za-z0-9_-]{1,100}}";
    static final String EDIT = NAME + "/edit/";

    private final CampaignDrafts drafts;
    private final DraftPreflight preflight;

    EditorSteps(CampaignDrafts drafts, DraftPreflight preflight) {
        this.drafts = drafts;
        this.preflight = preflight;
    }

    /** A step in the row of steps. */
    record Link(String word, String title, boolean done, boolean current) {
    }

    /**
     * What a form says beside its fields.
     *
     * @param edit of the draft that the person read
     * @param over the edit of somebody else that is to be saved over; 0: none
     * @param go   {@code next}: to the next step when all is well
     */
    record Posted(String name, long edit, long over, String go) {
    }

    Draft open(String name) {
        return drafts.open(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }

    /** The page of a step. What is only missing is not told before somebody tried to go on. */
    ModelAndView show(String name, Step step, Model model, Consumer<Typed> fill) {
        Typed typed = new Typed(open(name));
        List<DraftFault> faults = drafts.faults(typed.draft());
        List<DraftFault> told = faults.stream()
                .filter(fault -> fault.root().equals("html")
                        ? typed.text().has("html") || typed.text().has("text")
                        : typed.text().has(fault.root()))
                .toList();
        return page(typed, step, typed.draft().edit(), faults, told, model, fill);
    }

    /** Saves what was typed, faulty or not; goes on if it was asked to and nothing here is wrong. */
    ModelAndView save(Typed typed, Posted posted, Step step, Model model, RedirectAttributes flash,
            Consumer<Typed> fill) {
        long upon = posted.over() == typed.draft().edit() ? posted.over() : posted.edit();
        Optional<Draft> saved = drafts.save(typed.whole(drafts, upon));
        List<DraftFault> faults = new ArrayList<>(typed.faults());
        faults.addAll(drafts.faults(typed.text().text(), typed.files(drafts)));
        if (saved.isEmpty()) {
            model.addAttribute("conflict", drafts.open(posted.name()).map(Draft::edit).orElse(0L));
            ModelAndView page = page(typed, step, posted.edit(), faults, faults, model, fill);
            page.setStatus(HttpStatus.CONFLICT);
            return page;
        }
        boolean isFaulty = faults.stream().anyMatch(fault -> step.asksFor(fault.root()));
        if (isFaulty) {
            model.addAttribute("kept", typed.faults().isEmpty());
            ModelAndView page = page(typed, step, saved.get().edit(), faults, faults, model, fill);
            page.setStatus(HttpStatus.UNPROCESSABLE_CONTENT);
            return page;
        }
        boolean on = posted.go().equals("next");
        if (!on) {
            flash.addFlashAttribute("said", "Saved.");
        }
        return to("/campaigns/" + posted.name() + "/edit/" + (on ? step.next() : step).word());
    }

    static ModelAndView to(String path) {
        RedirectView there = new RedirectView(path, true);
        there.setStatusCode(HttpStatus.SEE_OTHER);
        return new ModelAndView(there);
    }

    private ModelAndView page(Typed typed, Step step, long edit, List<DraftFault> all, List<DraftFault> told,
            Model model,
            Consumer<Typed> fill) {
        String name = typed.draft().name();
        model.addAttribute("name", name);
        model.addAttribute("edit", edit);
        model.addAttribute("base", typed.draft().base());
        model.addAttribute("steps", links(name, edit, step, all));
        model.addAttribute("faults", byField(told));
        fill.accept(typed);
        return new ModelAndView("web/editor/" + step.word(), model.asMap());
    }

    private List<Link> links(String name, long edit, Step current, List<DraftFault> faults) {
        List<Link> links = new ArrayList<>();
        for (Step step : Step.values()) {
            boolean done = switch (step) {
                case AUDIENCE, CONTENT, SCHEDULE -> faults.stream().noneMatch(fault -> step.asksFor(fault.root()));
                case PREFLIGHT -> preflight.of(name)
                        .filter(check -> check.edit() == edit && check.state() == DraftCheck.State.GOOD).isPresent();
                case REVIEW -> false;
            };
            links.add(new Link(step.word(), step.title(), done && step != current, step == current));
        }
        return links;
    }

    /** Lists and groups have one field each, so what is wrong inside them is told there. */
    static Map<String, List<String>> byField(List<DraftFault> faults) {
        Map<String, List<String>> byField = new LinkedHashMap<>();
        for (DraftFault fault : faults) {
            boolean isInside = List.of("tags", "vars", "inline", "attachments").contains(fault.root());
            String inside = isInside && !fault.field().equals(fault.root()) ? fault.field() + ": " : "";
            byField.computeIfAbsent(isInside ? fault.root() : fault.field(), _ -> new ArrayList<>())
                    .add(inside + fault.message());
        }
        return byField;
    }
}
