package io.caravan.web.identities;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

import io.caravan.flow.DkimDesk;
import io.caravan.flow.DkimDesk.Standing;
import io.caravan.flow.QuotaRoom;
import io.caravan.flow.RecordFound;
import io.caravan.flow.RecordWatch;
import io.caravan.flow.RecordWatch.Look;
import io.caravan.flow.Senders;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /identities}, and one of them with its keys. */
@Controller
class IdentitiesPage {

    private static final int PAGE = 50;

    private final DkimDesk desk;
    private final Senders senders;
    private final QuotaRoom quotas;
    private final RecordWatch records;
    private final InstantSource clock;

    /** The day's quota in words. */
    public record Quota(String used, String mails, Moment next) {
        static Quota of(QuotaRoom.Today today) {
            return new Quota(Words.number(today.used()), Words.number(today.mails()), Moment.at(today.next()));
        }
    }

    IdentitiesPage(DkimDesk desk, Senders senders, QuotaRoom quotas, RecordWatch records, InstantSource clock) {
        this.desk = desk;
        this.senders = senders;
        this.quotas = quotas;
        this.records = records;
        this.clock = clock;
    }

    @GetMapping("/identities")
    String list(@RequestParam(defaultValue = "") String after, Model model) {
        List<Standing> rest = desk.standings(senders.all()).stream()
                .filter(each -> each.domain().compareTo(after) > 0).toList();
        List<Standing> shown = rest.stream().limit(PAGE).toList();
        model.addAttribute("identities", shown);
        model.addAttribute("after", after);
        model.addAttribute("next", rest.size() > PAGE ? shown.getLast().domain() : null);
        model.addAttribute("provider", DkimDesk.provider());
        return "web/identities/page";
    }

    @GetMapping("/identities/{identity}")
    String identity(@PathVariable String identity, Model model) {
        try {
            Standing standing = desk.standing(identity);
            model.addAttribute("identity", standing);
            model.addAttribute("why", standing.why());
            model.addAttribute("leaves", standing.leaves());
            model.addAttribute("givenUp", Moment.of(standing.givenUp()));
            model.addAttribute("quota", quotas.today(standing.identity()).map(Quota::of).orElse(null));
            Map<String, RecordFound> found = records.of(standing.domain()).stream()
                    .collect(Collectors.toMap(Look::selector, Look::found));
            List<KeyView> keys = desk.list(identity).reversed().stream()
                    .map(key -> KeyView.of(key, found.get(key.selector()), clock.instant())).toList();
            model.addAttribute("keys", keys);
            model.addAttribute("unverifiable",
                    keys.stream().filter(key -> key.wrong() != null).map(KeyView::selector).toList());
        } catch (InvalidInput e) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, e.getMessage(), e);
        }
        return "web/identities/identity";
    }
}
