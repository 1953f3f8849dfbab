package io.caravan.web.editor;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.util.UriComponentsBuilder;

import io.caravan.flow.CampaignDrafts;
import io.caravan.flow.CampaignParts;
import io.caravan.flow.MailPreview;
import io.caravan.flow.PreviewPeople;
import io.caravan.flow.PreviewPeople.Chosen;
import io.caravan.flow.Previewed;
import io.caravan.mail.InvalidInput;
import io.caravan.mailbox.StoredMail;
import io.caravan.rendering.Person;
import io.caravan.web.FramedHtml;
import io.caravan.web.MailWays;
import io.caravan.web.Words;

/** {@code /campaigns/NAME/preview}: the mail as anybody of the audience would get it, of the draft or of the version in force. */
@Controller
class PreviewPages {

    private static final String PATH = EditorSteps.NAME + "/preview";
    private static final String DRAFT = "draft";
    private static final int OFFERED = 8;

    private final CampaignDrafts drafts;
    private final MailPreview previews;
    private final PreviewPeople people;
    private final LivePreviews live;

    PreviewPages(CampaignDrafts drafts, MailPreview previews, PreviewPeople people, LivePreviews live) {
        this.drafts = drafts;
        this.previews = previews;
        this.people = people;
        this.live = live;
    }

    /**
     * @param of    {@code draft} or {@code version}; left out: the draft if there is one
     * @param as    an address, or how one begins
     * @param go    {@code next} or {@code random}: to somebody else
     * @param view  html, text, headers, source
     * @param width phone or desk
     */
    @GetMapping(PATH)
    ModelAndView page(@PathVariable String name, @RequestParam(defaultValue = "") String of,
            @RequestParam(defaultValue = "") String as, @RequestParam(defaultValue = "") String go,
            @RequestParam(defaultValue = "") String view, @RequestParam(defaultValue = "desk") String width,
            Model model) {
        String which = which(name, of);
        CampaignParts parts = parts(name, which);
        if (go.equals("next") || go.equals("random")) {
            Optional<Chosen> other = go.equals("next") ? people.after(parts.spec(), as) : people.anybody(parts.spec());
            return EditorSteps.to(UriComponentsBuilder.fromPath("/campaigns/{name}/preview").queryParam("of", "{of}")
                    .queryParam("as", "{as}").queryParam("view", "{view}").queryParam("width", "{width}").encode()
                    .buildAndExpand(name, which, other.map(one -> one.person().address()).orElse(""), view, width)
                    .toUriString());
        }
        model.addAttribute("name", name);
        model.addAttribute("of", which);
        model.addAttribute("hasDraft", drafts.open(name).filter(draft -> draft.edit() != 0).isPresent());
        model.addAttribute("inForce", drafts.inForce(name).isPresent());
        model.addAttribute("phone", width.equals("phone"));
        model.addAttribute("asked", as);
        String problem = choose(parts, as, model);
        Chosen chosen = (Chosen) model.getAttribute("chosen");
        model.addAttribute("problem", problem);
        fill(parts, chosen, view, model);
        return new ModelAndView("web/editor/preview", model.asMap());
    }

    /** Puts the person into the model, and addresses that begin like what was asked; returns why there is nobody, or null. */
    private @Nullable String choose(CampaignParts parts, String as, Model model) {
        model.addAttribute("offered", List.of());
        try {
            Optional<Chosen> one = as.isBlank() ? people.after(parts.spec(), "") : named(parts, as);
            model.addAttribute("chosen", one.orElse(null));
            if (one.isPresent()) {
                return null;
            }
            if (as.isBlank()) {
                return "The audience has nobody yet, so the mail is shown as for somebody of whom nothing is known.";
            }
            model.addAttribute("offered", people.beginning(parts.spec(), as, OFFERED));
            return "There is no contact '" + as.strip() + "'. Choose another address, or go to the next person.";
        } catch (InvalidInput e) {
            return String.valueOf(e.getMessage());
        }
    }

    private Optional<Chosen> named(CampaignParts parts, String as) {
        return as.contains("@") ? people.named(parts.spec(), as) : Optional.empty();
    }

    private void fill(CampaignParts parts, @Nullable Chosen chosen, String view, Model model) {
        Person person = chosen == null ? new Person("somebody@example.org", Map.of()) : chosen.person();
        model.addAttribute("to", person.address());
        model.addAttribute("attributes", person.attributes());
        model.addAttribute("member", chosen == null || chosen.member());
        try {
            Previewed mail = previews.of(parts, person);
            model.addAttribute("mail", mail);
            MailWays.show(view, !mail.html().isEmpty(), mail.source(), model);
            model.addAttribute("size", Words.size(mail.size()));
            model.addAttribute("htmlSize", Words.size(mail.html().getBytes(StandardCharsets.UTF_8).length));
        } catch (InvalidInput e) {
            model.addAttribute("mail", null);
            model.addAttribute("view", MailWays.shown(view, true));
            model.addAttribute("problems", e.problems());
        }
    }

    /** For the sandboxed frame. */
    @GetMapping(PATH + "/html")
    ResponseEntity<byte[]> html(@PathVariable String name, @RequestParam(defaultValue = "") String of,
            @RequestParam(defaultValue = "") String as) {
        CampaignParts parts = parts(name, which(name, of));
        try {
            Person person = (as.isBlank() ? people.after(parts.spec(), "") : people.named(parts.spec(), as))
                    .map(Chosen::person).orElse(new Person("somebody@example.org", Map.of()));
            return framed(FramedHtml.of(StoredMail.parse(previews.of(parts, person).source())));
        } catch (InvalidInput e) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, e.getMessage(), e);
        }
    }

    @GetMapping(PATH + "/live/{key:[A-Za-z0-9_-]{1,40}}")
    ResponseEntity<byte[]> live(@PathVariable String name, @PathVariable String key) {
        return framed(live.find(key).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND)));
    }

    private static ResponseEntity<byte[]> framed(String html) {
        return ResponseEntity.ok().header("Content-Security-Policy", FramedHtml.POLICY)
                .cacheControl(CacheControl.noStore())
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .body(html.getBytes(StandardCharsets.UTF_8));
    }

    private String which(String name, String of) {
        boolean isWritten = drafts.open(name).filter(draft -> draft.edit() != 0).isPresent();
        return isWritten && !of.equals("version") || drafts.inForce(name).isEmpty() ? DRAFT : "version";
    }

    private CampaignParts parts(String name, String which) {
        if (which.equals(DRAFT)) {
            return drafts.open(name).map(drafts::legible)
                    .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        }
        return drafts.inForce(name).map(drafts::parts)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }
}
