package io.caravan.web.audience;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.audience.ImportHistory;
import io.caravan.audience.Lists;
import io.caravan.audience.Member;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Ledger;
import io.caravan.delivery.LedgerRow;
import io.caravan.delivery.Recipients;
import io.caravan.flow.ContactChanges;
import io.caravan.mail.ContactId;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.RowId;
import io.caravan.suppression.Suppression;
import io.caravan.suppression.Suppressions;
import io.caravan.web.Moment;

/** {@code /audience/contacts}: people, and all that is known of one. */
@Controller
class ContactPages {

    private static final int PAGE = 50;
    private static final int RUNS = 50;
    private static final int SPARE = 3;
    private static final String ID = "/audience/contacts/{id:\\d{1,18}}";

    private final Contacts contacts;
    private final Lists lists;
    private final ImportHistory imports;
    private final Runs runs;
    private final Campaigns campaigns;
    private final Recipients recipients;
    private final Ledger ledger;
    private final Suppressions suppressions;
    private final ContactChanges changes;

    ContactPages(Contacts contacts, Lists lists, ImportHistory imports, Runs runs, Campaigns campaigns,
            Recipients recipients, Ledger ledger, Suppressions suppressions, ContactChanges changes) {
        this.contacts = contacts;
        this.lists = lists;
        this.imports = imports;
        this.runs = runs;
        this.campaigns = campaigns;
        this.recipients = recipients;
        this.ledger = ledger;
        this.suppressions = suppressions;
        this.changes = changes;
    }

    @GetMapping("/audience/contacts")
    String all(@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "") String after, Model model) {
        List<Member> found = contacts.page(q, after, PAGE + 1);
        List<Member> page = found.subList(0, Math.min(PAGE, found.size()));
        model.addAttribute("people", page.stream().map(ListPages.Person::of).toList());
        model.addAttribute("q", q.strip());
        model.addAttribute("first", after.isEmpty());
        model.addAttribute("next", found.size() > PAGE ? page.getLast().address() : null);
        return "web/audience/contacts";
    }

    /** An attribute that can be changed. */
    public record Attribute(String name, String value) {
    }

    /** A version with what it changed. */
    public record VersionLine(int number, Moment at, List<String> changes) {
    }

    /** A list that holds the person. */
    public record ListLink(String name, String key) {
    }

    /** Where the person stands in a run. */
    public record RunLine(String campaign, int number, long run, int n, String state, String reason) {
    }

    /** A suppression of the address. */
    public record SuppressionLine(String reason, String scope, Moment since, @Nullable Moment until) {
        static SuppressionLine of(Suppression entry) {
            return new SuppressionLine(entry.reason().word().replace('_', ' '), entry.scope().text(),
                    Moment.at(entry.createdAt()), Moment.of(entry.expiresAt()));
        }
    }

    @GetMapping(ID)
    String one(@PathVariable long id, Model model) {
        Contact contact = known(id);
        List<Contacts.Version> versions = contacts.versions(contact.id());
        Map<String, String> attributes = contacts.attributes(contact.id(), contact.version());
        model.addAttribute("id", id);
        model.addAttribute("address", contact.address().written());
        model.addAttribute("canonical", contact.address().canonical());
        model.addAttribute("version", contact.version());
        if (!model.containsAttribute("attributes")) {
            model.addAttribute("attributes", editable(attributes));
        }
        model.addAttribute("versions", lines(versions));
        model.addAttribute("lists", contacts.lists(contact.id()).stream()
                .map(name -> new ListLink(name, lists.line(name).map(ListKey::of).orElse(name))).toList());
        model.addAttribute("runs", runs(contact.id()));
        model.addAttribute("suppressions",
                suppressions.find(contact.address().canonical()).stream().map(SuppressionLine::of).toList());
        model.addAttribute("touches", imports.touching(contact.id()));
        return "web/audience/contact";
    }

    private static List<Attribute> editable(Map<String, String> attributes) {
        List<Attribute> all = new ArrayList<>();
        attributes.forEach((name, value) -> all.add(new Attribute(name, value)));
        for (int i = 0; i < SPARE; i++) {
            all.add(new Attribute("", ""));
        }
        return all;
    }

    /** Each version against the one before it. */
    private static List<VersionLine> lines(List<Contacts.Version> versions) {
        List<VersionLine> lines = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            Contacts.Version version = versions.get(i);
            boolean oldest = i + 1 == versions.size();
            List<String> changed = oldest && version.number() > 1
                    ? List.of()
                    : changes(oldest ? Map.of() : versions.get(i + 1).attributes(), version.attributes());
            lines.add(new VersionLine(version.number(), Moment.at(version.at()), changed));
        }
        return lines;
    }

    private static List<String> changes(Map<String, String> before, Map<String, String> after) {
        List<String> changes = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            String was = before.get(name);
            String is = after.get(name);
            if (was == null) {
                changes.add(name + ": " + is);
            } else if (is == null) {
                changes.add(name + " removed, it was " + was);
            } else if (!was.equals(is)) {
                changes.add(name + ": " + was + " → " + is);
            }
        }
        return changes;
    }

    /** In the latest runs: a look by key into each. */
    private List<RunLine> runs(ContactId contact) {
        Map<Long, Run> lately = new LinkedHashMap<>();
        runs.recent(RUNS).forEach(run -> lately.put(run.id().value(), run));
        List<RunLine> lines = new ArrayList<>();
        for (RowId row : recipients.rows(contact, lately.values().stream().map(Run::id).toList())) {
            Run run = lately.get(row.run());
            if (run != null) {
                ledger.row(row).ifPresent(found -> lines.add(line(run, row, found)));
            }
        }
        return lines;
    }

    private RunLine line(Run run, RowId row, LedgerRow found) {
        String campaign = campaigns.find(run.campaign()).map(Campaign::name).orElse("campaign " + run.campaign());
        return new RunLine(campaign, run.number(), row.run(), row.n(), found.state().word().replace('_', ' '),
                found.reason());
    }

    /** The attributes as they stand in the form become a new version; a blank value leaves its attribute out. */
    @PostMapping(ID)
    String edit(@PathVariable long id, @RequestParam int version, @RequestParam MultiValueMap<String, String> form,
            RedirectAttributes next) {
        Contact contact = known(id);
        List<String> names = form.getOrDefault("name", List.of());
        List<String> values = form.getOrDefault("value", List.of());
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
            if (!names.get(i).isBlank() || !values.get(i).isBlank()) {
                attributes.put(names.get(i).strip(), values.get(i));
            }
        }
        try {
            int now = changes.edit(contact.id(), version, attributes);
            next.addFlashAttribute("said", now == version
                    ? "Nothing was different: version " + now + " stays in force."
                    : "Kept as version " + now + ". Runs that began before go on with what they began with.");
        } catch (InvalidInput e) {
            Said.refused(next, e);
            next.addFlashAttribute("attributes", editable(attributes));
        }
        next.addAttribute("contact", id);
        return "redirect:/audience/contacts/{contact}";
    }

    private Contact known(long id) {
        return contacts.find(new ContactId(id)).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }
}
