package io.caravan.web.identities;

import java.util.function.Supplier;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.UriComponentsBuilder;

import io.caravan.flow.DkimDesk;
import io.caravan.mail.InvalidInput;
import io.caravan.mailauth.SigningAlgorithm;
import io.caravan.web.Words;

/** What people do with an identity's signing keys. */
@Controller
class KeyActions {

    private static final String KEYS = "/identities/{identity}/keys";

    private final DkimDesk desk;

    KeyActions(DkimDesk desk) {
        this.desk = desk;
    }

    /** For a domain that has neither an entry nor a key yet. */
    @PostMapping("/identities")
    RedirectView open(@RequestParam(defaultValue = "") String domain, RedirectAttributes flash) {
        try {
            return to(desk.standing(domain.strip()).identity());
        } catch (InvalidInput e) {
            flash.addFlashAttribute("refused", e.getMessage());
            return new RedirectView("/identities", true, false);
        }
    }

    @PostMapping(KEYS)
    RedirectView make(@PathVariable String identity, @RequestParam(defaultValue = "rsa") String algorithm,
            @RequestParam(defaultValue = "") String selector, RedirectAttributes flash) {
        return done(identity, flash, () -> {
            String made = desk.make(identity, SigningAlgorithm.of(algorithm),
                    selector.isBlank() ? null : selector.strip()).selector();
            return "The key " + made + " is made. Publish its record, and activate it when the DNS answers with it.";
        });
    }

    @PostMapping(KEYS + "/{selector}/activate")
    RedirectView activate(@PathVariable String identity, @PathVariable String selector,
            @RequestParam(defaultValue = "false") boolean unchecked, RedirectAttributes flash) {
        return done(identity, flash, () -> selector + " signs mail that is dated from "
                + Words.time(desk.activate(identity, selector, unchecked)) + " on.");
    }

    @PostMapping(KEYS + "/{selector}/retire")
    RedirectView retire(@PathVariable String identity, @PathVariable String selector,
            @RequestParam(defaultValue = "false") boolean lost, RedirectAttributes flash) {
        return done(identity, flash, () -> {
            desk.retire(identity, selector, lost);
            return selector + " is retired: its secret is gone, and its record may be taken out of the DNS.";
        });
    }

    @PostMapping("/identities/{identity}/unsigned")
    RedirectView signNoMore(@PathVariable String identity, @RequestParam(defaultValue = "false") boolean sure,
            RedirectAttributes flash) {
        return done(identity, flash, () -> {
            String leaves = desk.standing(identity).leaves();
            if (!sure) {
                throw new InvalidInput("nothing is changed: tick that mail shall leave " + leaves);
            }
            return "Mail leaves " + leaves + " from " + Words.time(desk.signNoMore(identity))
                    + " on, also what waited for a key.";
        });
    }

    private static RedirectView done(String identity, RedirectAttributes flash, Supplier<String> act) {
        try {
            flash.addFlashAttribute("said", act.get());
        } catch (InvalidInput e) {
            flash.addFlashAttribute("refused", e.getMessage());
        }
        return to(identity);
    }

    private static RedirectView to(String identity) {
        return new RedirectView(UriComponentsBuilder.fromPath("/identities/{identity}").buildAndExpand(identity)
                .encode().toUriString(), true, false);
    }
}
