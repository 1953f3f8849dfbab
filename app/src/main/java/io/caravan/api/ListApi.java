package io.caravan.api;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.audience.Contacts;
import io.caravan.audience.ListLine;
import io.caravan.audience.Lists;
import io.caravan.audience.Member;
import io.caravan.audience.Members;
import io.caravan.flow.ContactChanges;
import io.caravan.mail.EmailAddress;

/** {@code /api/v1/lists}: lists, and who is in them. */
@RestController
@RequestMapping("/api/v1/lists")
@Tag(name = "audience", description = "Lists, contacts, imports")
class ListApi {

    private final Lists lists;
    private final Members members;
    private final Contacts contacts;
    private final ContactChanges changes;

    ListApi(Lists lists, Members members, Contacts contacts, ContactChanges changes) {
        this.lists = lists;
        this.members = members;
        this.contacts = contacts;
        this.changes = changes;
    }

    /**
     * A list.
     *
     * @param members how many it holds
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record MailingList(String name, long members, Instant createdAt, @Nullable Long lastImport,
            @Nullable Instant lastImportAt) {
        static MailingList of(ListLine line) {
            return new MailingList(line.name(), line.members(), line.createdAt(), line.lastImport(),
                    line.lastImportAt());
        }
    }

    /** Somebody in a list. */
    public record ListMember(long id, String address, Map<String, String> attributes) {
        static ListMember of(Member member) {
            return new ListMember(member.id().value(), member.written(), member.attributes());
        }
    }

    /** A list to be made. */
    public record NewList(@Nullable String name) {
    }

    /** Somebody to be put into a list; the attributes count only for who was not known. */
    public record NewMember(@Nullable String address, @Nullable Map<String, String> attributes) {
    }

    @GetMapping
    @Operation(summary = "Lists, by name")
    ResponseEntity<Slice<MailingList>> all(@RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        List<String> after = Cursor.parts(cursor, 1);
        return Slice.of(lists.page(after == null ? "" : after.getFirst(), Slice.reading(limit)), limit,
                line -> List.of(line.name()), MailingList::of);
    }

    @PostMapping
    @Operation(summary = "Makes a list; one that is there already is answered with 200")
    ResponseEntity<MailingList> make(@RequestBody NewList wanted) {
        String name = wanted.name();
        if (name == null || name.isBlank()) {
            throw Refused.field("name", "missing", "name is missing: say what the list is to be called");
        }
        boolean known = lists.find(name.strip()).isPresent();
        ListLine line = lists.line(Refused.about("name", () -> lists.typed(name))).orElseThrow();
        return ResponseEntity.status(known ? HttpStatus.OK : HttpStatus.CREATED)
                .location(URI.create("/api/v1/lists/" + UriUtils.encodePathSegment(line.name(), "UTF-8")))
                .body(MailingList.of(line));
    }

    @GetMapping("/{name}")
    @Operation(summary = "One list")
    MailingList one(@PathVariable String name) {
        return MailingList.of(known(name));
    }

    @GetMapping("/{name}/members")
    @Operation(summary = "Members in the order in which they became known, or by address those whose address begins so", description = "With address, a slice may be short and yet not the last: go on while next is there.")
    ResponseEntity<Slice<ListMember>> members(@PathVariable String name,
            @RequestParam(defaultValue = Slice.USUAL) int limit,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = "") String address) {
        ListLine list = known(name);
        int reading = Slice.reading(limit);
        if (address.isBlank()) {
            return Slice.of(members.page(list.id(), Cursor.number(cursor, 0), reading), limit,
                    member -> List.of(member.id().toString()), ListMember::of);
        }
        List<String> after = Cursor.parts(cursor, 1);
        Members.Found found = members.search(list.id(), address, after == null ? "" : after.getFirst(), limit);
        return Pieces.of(found.members().stream().map(ListMember::of).toList(), found.next());
    }

    @PostMapping("/{name}/members")
    @Operation(summary = "Puts a person into the list, by address; 200 if they were in it already")
    ResponseEntity<ListMember> add(@PathVariable String name, @RequestBody NewMember wanted) {
        ListLine list = known(name);
        if (wanted.address() == null || wanted.address().isBlank()) {
            throw Refused.field("address", "missing", "address is missing: say whom to put into the list");
        }
        ContactChanges.Added added = changes.add(list.id(), wanted.address(),
                wanted.attributes() == null ? Map.of() : wanted.attributes());
        return ResponseEntity.status(added.joined() ? HttpStatus.CREATED : HttpStatus.OK)
                .body(new ListMember(added.contact().id().value(), added.contact().address().written(),
                        contacts.attributes(added.contact().id(), added.contact().version())));
    }

    @DeleteMapping("/{name}/members")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Takes a person out of the list; the contact stays")
    void remove(@PathVariable String name, @RequestParam String address) {
        ListLine list = known(name);
        boolean left = contacts.find(Refused.about("address", () -> EmailAddress.parse(address.strip())))
                .filter(contact -> members.remove(list.id(), contact.id())).isPresent();
        if (!left) {
            throw Refused.unknown("member " + address + " of the list " + name);
        }
    }

    private ListLine known(String name) {
        return lists.line(name).orElseThrow(() -> Refused.unknown("list " + name));
    }
}
