package io.caravan.web.audience;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.audience.ImportHistory;
import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.audience.Member;
import io.caravan.audience.Members;
import io.caravan.campaign.ListUse;
import io.caravan.flow.ContactChanges;
import io.caravan.mail.ContactId;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/** {@code /audience}: the lists, and who is in one. */
@Controller
class ListPages {

    private static final int PAGE = 50;
    private static final int IMPORTS = 5;
    private static final String BACK = "redirect:/audience/lists/{list}";

    private final Lists lists;
    private final Members members;
    private final Contacts contacts;
    private final ImportHistory imports;
    private final ListUse use;
    private final ContactChanges changes;

    ListPages(Lists lists, Members members, Contacts contacts, ImportHistory imports, ListUse use,
            ContactChanges changes) {
        this.lists = lists;
        this.members = members;
        this.contacts = contacts;
        this.imports = imports;
        this.use = use;
        this.changes = changes;
    }

    /** A line of the lists. */
    public record Line(String key, String name, String members, @Nullable Long lastImport,
            @Nullable Moment lastImportAt,
            List<String> campaigns) {
    }

    /** A line of people: the attributes that fit, in words. */
    public record Person(long id, String address, String attributes) {
        static Person of(Member member) {
            List<String> shown = new ArrayList<>();
            member.attributes().forEach((name, value) -> {
                if (shown.size() < 6) {
                    shown.add(name + ": " + (value.length() > 60 ? value.substring(0, 60) + "…" : value));
                }
            });
            return new Person(member.id().value(), member.written(), String.join(" · ", shown));
        }
    }

    @GetMapping("/audience")
    String all(@RequestParam(defaultValue = "") String after, Model model) {
        List<ListLine> found = lists.page(after, PAGE + 1);
        List<ListLine> page = found.subList(0, Math.min(PAGE, found.size()));
        Map<String, List<String>> uses = new HashMap<>();
        use.all().forEach(each -> uses.computeIfAbsent(each.list(), _ -> new ArrayList<>()).add(each.campaign()));
        model.addAttribute("lists", page.stream().map(list -> line(list, uses)).toList());
        model.addAttribute("first", after.isEmpty());
        model.addAttribute("next", found.size() > PAGE ? page.getLast().name() : null);
        return "web/audience/lists";
    }

    private static Line line(ListLine list, Map<String, List<String>> uses) {
        return new Line(ListKey.of(list), list.name(), Words.number(list.members()), list.lastImport(),
                Moment.of(list.lastImportAt()), uses.getOrDefault(list.name(), List.of()));
    }

    @PostMapping("/audience/lists")
    String make(@RequestParam String name, RedirectAttributes next) {
        try {
            boolean known = lists.find(name.strip()).isPresent();
            ListLine list = lists.line(lists.typed(name)).orElseThrow();
            Said.done(next,
                    known
                            ? "The list " + list.name() + " was there already."
                            : "The list " + list.name() + " is made.");
            next.addAttribute("list", ListKey.of(list));
            return BACK;
        } catch (InvalidInput e) {
            Said.refused(next, e);
            return "redirect:/audience";
        }
    }

    @GetMapping("/audience/lists/{key}")
    String one(@PathVariable String key, @RequestParam(defaultValue = "") String q,
            @RequestParam(defaultValue = "") String after, Model model) {
        ListLine list = known(key);
        if (q.isBlank()) {
            long from = after.matches("\\d{1,18}") ? Long.parseLong(after) : 0;
            List<Member> found = members.page(list.id(), from, PAGE + 1);
            List<Member> page = found.subList(0, Math.min(PAGE, found.size()));
            people(model, page, found.size() > PAGE ? page.getLast().id().toString() : null);
        } else {
            Members.Found found = members.search(list.id(), q, after, PAGE);
            people(model, found.members(), found.next());
        }
        Map<String, List<String>> uses = new HashMap<>();
        use.all().forEach(each -> uses.computeIfAbsent(each.list(), _ -> new ArrayList<>()).add(each.campaign()));
        model.addAttribute("list", line(list, uses));
        model.addAttribute("made", Moment.at(list.createdAt()));
        model.addAttribute("imports", imports.of(list.name(), IMPORTS).stream().map(ImportView::of).toList());
        model.addAttribute("q", q.strip());
        model.addAttribute("first", after.isEmpty());
        return "web/audience/list";
    }

    private static void people(Model model, List<Member> page, @Nullable String next) {
        model.addAttribute("people", page.stream().map(Person::of).toList());
        model.addAttribute("next", next);
    }

    @PostMapping("/audience/lists/{key}/members")
    String add(@PathVariable String key, @RequestParam String address, RedirectAttributes next) {
        ListLine list = known(key);
        next.addAttribute("list", key);
        try {
            ContactChanges.Added added = changes.add(list.id(), address, Map.of());
            String written = added.contact().address().written();
            Said.done(next, written + (added.joined() ? " is in the list." : " was in the list already."));
        } catch (InvalidInput e) {
            Said.refused(next, e);
        }
        return BACK;
    }

    @PostMapping("/audience/lists/{key}/members/{contact:\\d{1,18}}/remove")
    String remove(@PathVariable String key, @PathVariable long contact, RedirectAttributes next) {
        ListLine list = known(key);
        boolean left = members.remove(list.id(), new ContactId(contact));
        String who = contacts.find(new ContactId(contact)).map(Contact::address).map(Object::toString)
                .orElse("contact " + contact);
        Said.done(next,
                who + (left ? " is out of the list; the contact and its history stay." : " was not in the list."));
        next.addAttribute("list", key);
        return BACK;
    }

    private ListLine known(String key) {
        return ListKey.find(lists, key).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }
}
