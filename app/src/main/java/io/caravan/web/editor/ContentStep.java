package io.caravan.web.editor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.CampaignParts;
import io.caravan.flow.MailPreview;
import io.caravan.flow.PreviewPeople;
import io.caravan.flow.Previewed;
import io.caravan.intake.CampaignText;
import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.StoredMail;
import io.caravan.rendering.Person;
import io.caravan.web.FramedHtml;
import io.caravan.web.Words;

/** Step 2: who writes what, with the mail beside it as somebody of the audience will get it. */
@Controller
class ContentStep {

    private static final String PATH = EditorSteps.EDIT + "content";

    private final EditorSteps steps;
    private final CampaignDrafts drafts;
    private final MailPreview previews;
    private final PreviewPeople people;
    private final LivePreviews live;

    ContentStep(EditorSteps steps, CampaignDrafts drafts, MailPreview previews, PreviewPeople people,
            LivePreviews live) {
        this.steps = steps;
        this.drafts = drafts;
        this.previews = previews;
        this.people = people;
        this.live = live;
    }

    /** A file of the mail. */
    record Part(String name, String as, String size) {
    }

    /**
     * The mail beside the form.
     *
     * @param frame what the sandboxed frame asks for; "" if there is no HTML
     */
    record Beside(String as, boolean known, String subject, String frame, String text, List<String> problems) {
    }

    @GetMapping(PATH)
    ModelAndView show(@PathVariable String name, @RequestParam(defaultValue = "") String as, Model model) {
        return steps.show(name, Step.CONTENT, model, typed -> fill(typed, as, model));
    }

    @PostMapping(PATH)
    ModelAndView save(@PathVariable String name, @RequestParam long edit, @RequestParam(defaultValue = "0") long over,
            @RequestParam(defaultValue = "save") String go, @RequestParam(defaultValue = "") String as,
            ContentForm form, @RequestParam MultiValueMap<String, String> all, Model model, RedirectAttributes flash) {
        Typed typed = new Typed(steps.open(name));
        form.into(typed, drafts, all.getOrDefault("drop", List.of()));
        return steps.save(typed, new EditorSteps.Posted(name, edit, over, go), Step.CONTENT, model, flash,
                now -> fill(now, as, model));
    }

    /** The mail as it is typed just now; nothing is saved. */
    @PostMapping(PATH + "/live")
    String live(@PathVariable String name, @RequestParam(defaultValue = "") String as, ContentForm form, Model model) {
        Typed typed = new Typed(steps.open(name));
        form.into(typed, drafts, List.of());
        model.addAttribute("name", name);
        model.addAttribute("beside", beside(typed, as));
        return "web/editor/content :: beside";
    }

    private void fill(Typed typed, String as, Model model) {
        CampaignText text = typed.text();
        model.addAttribute("from", text.scalar("from"));
        model.addAttribute("replyTo", text.scalar("reply_to"));
        model.addAttribute("subject", text.scalar("subject"));
        model.addAttribute("html", typed.words(drafts, text.scalar("html")));
        model.addAttribute("text", typed.words(drafts, text.scalar("text")));
        model.addAttribute("tags", typed.block("tags"));
        model.addAttribute("vars", typed.block("vars"));
        List<Part> parts = new ArrayList<>();
        text.list("attachments").forEach(file -> parts.add(new Part(file, "attached",
                Words.size(typed.size(drafts, file)))));
        text.keys("inline").forEach(id -> {
            String file = text.scalar("inline." + id);
            parts.add(new Part(file, "cid:" + id, Words.size(typed.size(drafts, file))));
        });
        model.addAttribute("parts", parts);
        model.addAttribute("beside", beside(typed, as));
    }

    private Beside beside(Typed typed, String as) {
        CampaignParts parts = drafts.legible(typed.text().text(), typed.files(drafts));
        PreviewPeople.Chosen chosen = chosen(parts, as);
        Person person = chosen == null ? new Person("somebody@example.org", Map.of()) : chosen.person();
        boolean isEmpty = !typed.text().has("html") && !typed.text().has("text");
        if (isEmpty) {
            return new Beside(person.address(), chosen != null, "", "", "", List.of());
        }
        try {
            Previewed mail = previews.of(parts, person);
            String frame = mail.html().isEmpty()
                    ? ""
                    : live.keep(FramedHtml.of(StoredMail.parse(mail.source())));
            return new Beside(person.address(), chosen != null, mail.subject(), frame, mail.text(), List.of());
        } catch (InvalidInput e) {
            return new Beside(person.address(), chosen != null, "", "", "", e.problems());
        }
    }

    private PreviewPeople.@org.jspecify.annotations.Nullable Chosen chosen(CampaignParts parts, String as) {
        try {
            return (as.isBlank()
                    ? people.after(parts.spec(), "")
                    : people.named(parts.spec(), as)
                            .or(() -> people.after(parts.spec(), "")))
                    .orElse(null);
        } catch (InvalidInput noAddress) {
            return people.after(parts.spec(), "").orElse(null);
        }
    }
}
