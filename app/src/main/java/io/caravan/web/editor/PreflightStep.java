package io.caravan.web.editor;

import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

import io.caravan.flow.DraftPreflight;
import io.caravan.web.LiveTopic;

/** Step 4: the check of every expression for everybody, before the first mail goes. It runs beside; the page tells how far it is. */
@Controller
class PreflightStep {

    private static final String PATH = EditorSteps.EDIT + "preflight";

    private final EditorSteps steps;
    private final DraftPreflight preflight;

    PreflightStep(EditorSteps steps, DraftPreflight preflight) {
        this.steps = steps;
        this.preflight = preflight;
    }

    @GetMapping(PATH)
    ModelAndView show(@PathVariable String name, @RequestParam(defaultValue = "") String part, Model model) {
        ModelAndView page = steps.show(name, Step.PREFLIGHT, model, typed -> fill(name, typed.draft().edit(), model));
        if (part.equals("check")) {
            page.setViewName("web/editor/preflight :: check");
        }
        return page;
    }

    @PostMapping(PATH)
    ModelAndView begin(@PathVariable String name) {
        preflight.begin(steps.open(name));
        return EditorSteps.to("/campaigns/" + name + "/edit/preflight");
    }

    private void fill(String name, long edit, Model model) {
        model.addAttribute("check", preflight.of(name).map(check -> CheckView.of(check, edit)).orElse(null));
    }

    /** {@code preflight:NAME}. */
    @Bean
    static LiveTopic preflightTopic(DraftPreflight preflight) {
        return new LiveTopic() {
            @Override
            public String name() {
                return "preflight";
            }

            @Override
            public String stamp(String about) {
                return preflight.of(about).map(check -> check.edit() + " " + check.state() + " " + check.looked())
                        .orElse("");
            }
        };
    }
}
