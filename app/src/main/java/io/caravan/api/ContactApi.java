package io.caravan.api;

import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.audience.Lists;
import io.caravan.audience.Members;
import io.caravan.flow.ContactChanges;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.ListId;

/** {@code /api/v1/contacts}: people with their attributes and lists. */
@RestController
@RequestMapping("/api/v1/contacts")
@Tag(name = "audience")
class ContactApi {

    private final Contacts contacts;
    private final Lists lists;
    private final Members members;
    private final ContactChanges changes;

    ContactApi(Contacts contacts, Lists lists, Members members, ContactChanges changes) {
        this.contacts = contacts;
        this.lists = lists;
        this.members = members;
        this.changes = changes;
    }

    /**
     * A person.
     *
     * @param version of the attributes
     * @param lists   the lists that hold them
     */
    public record Person(long id, String address, int version, Map<String, String> attributes, List<String> lists) {
    }

    /** A person as they are to be; what is left out stays as it is. */
    public record Wanted(@Nullable Map<String, String> attributes, @Nullable List<String> lists) {
    }

    @GetMapping
    @Operation(summary = "Contacts: by address those whose address begins so, in that order; or those of a list", description = "With both, a slice may be short and yet not the last: go on while next is there.")
    ResponseEntity<Slice<ListApi.ListMember>> all(@RequestParam(defaultValue = "") String address,
            @RequestParam(defaultValue = "") String list, @RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int reading = Slice.reading(limit);
        if (!list.isBlank() && address.isBlank()) {
            return Slice.of(members.page(known(list), Cursor.number(cursor, 0), reading), limit,
                    member -> List.of(member.id().toString()), ListApi.ListMember::of);
        }
        List<String> parts = Cursor.parts(cursor, 1);
        String after = parts == null ? "" : parts.getFirst();
        if (!list.isBlank()) {
            Members.Found found = members.search(known(list), address, after, limit);
            return Pieces.of(found.members().stream().map(ListApi.ListMember::of).toList(), found.next());
        }
        return Slice.of(contacts.page(address, after, reading), limit, member -> List.of(member.address()),
                ListApi.ListMember::of);
    }

    private ListId known(String list) {
        return lists.find(list).orElseThrow(() -> Refused.unknown("list " + list));
    }

    @GetMapping("/{address}")
    @Operation(summary = "One contact")
    Person one(@PathVariable String address) {
        return person(contacts.find(Refused.about("address", () -> EmailAddress.parse(address)))
                .orElseThrow(() -> Refused.unknown("contact " + address)));
    }

    @PutMapping("/{address}")
    @Operation(summary = "A contact as they are to be: all attributes (a new version if any is different), all lists")
    Person put(@PathVariable String address, @RequestBody Wanted wanted) {
        return person(changes.put(address, wanted.attributes(), wanted.lists()));
    }

    private Person person(Contact contact) {
        return new Person(contact.id().value(), contact.address().written(), contact.version(),
                contacts.attributes(contact.id(), contact.version()), contacts.lists(contact.id()));
    }
}
