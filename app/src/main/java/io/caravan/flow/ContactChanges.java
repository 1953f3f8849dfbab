package io.caravan.flow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

import io.caravan.audience.Contact;
import io.caravan.audience.Contacts;
import io.caravan.audience.Lists;
import io.caravan.audience.Members;
import io.caravan.intake.AttributeRules;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.ContactId;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.InvalidInput.Problem;
import io.caravan.mail.ListId;

/** Single people, by hand: what is typed obeys the rules of what files bring. */
@Component
public class ContactChanges {

    private final Contacts contacts;
    private final Lists lists;
    private final Members members;
    private final CsvLimits limits;

    ContactChanges(Contacts contacts, Lists lists, Members members, CsvLimits limits) {
        this.contacts = contacts;
        this.lists = lists;
        this.members = members;
        this.limits = limits;
    }

    /** @param joined false if they were in the list already */
    public record Added(Contact contact, boolean joined) {
    }

    /**
     * Puts a person into a list. A person who is known keeps their attributes.
     *
     * @throws InvalidInput if the address or an attribute will not do
     */
    public Added add(ListId list, String address, Map<String, String> attributes) {
        Known who = checked(address, attributes, List.of());
        Contact contact = contacts.known(who.address(), who.attributes());
        return new Added(contact, members.add(list, contact.id()));
    }

    /**
     * All attributes of a person, as they are to be from now on.
     *
     * @param seen the version that was changed
     * @return the version in force
     * @throws InvalidInput if an attribute will not do, or somebody else changed them meanwhile
     */
    public int edit(ContactId contact, int seen, Map<String, String> attributes) {
        return contacts.edit(contact, seen, AttributeRules.checked(attributes, limits));
    }

    /**
     * A person as they are to be, made known if nobody knew them.
     *
     * @param attributes all of them; null: as they are
     * @param inLists    the lists that hold them from now on, made if they are not there; null: as they are
     * @throws InvalidInput if anything will not do; then nothing of an attribute was changed
     */
    public Contact put(String address, @Nullable Map<String, String> attributes, @Nullable List<String> inLists) {
        Known who = checked(address, attributes == null ? Map.of() : attributes,
                inLists == null ? List.of() : inLists);
        Contact contact = contacts.known(who.address(), who.attributes());
        if (attributes != null) {
            contacts.edit(contact.id(), contact.version(), who.attributes());
        }
        if (inLists != null) {
            hold(contact, who.lists());
        }
        return contacts.find(contact.id()).orElseThrow();
    }

    private record Known(EmailAddress address, Map<String, String> attributes, Set<ListId> lists) {
    }

    /** @throws InvalidInput with all that is wrong, of the fields {@code address}, {@code attributes} and {@code lists} */
    private Known checked(String address, Map<String, String> attributes, List<String> inLists) {
        List<Problem> problems = new ArrayList<>();
        EmailAddress parsed = told(problems, "address", () -> EmailAddress.parse(address.strip()));
        Map<String, String> values = told(problems, "attributes", () -> AttributeRules.checked(attributes, limits));
        Set<ListId> holders = new HashSet<>();
        for (int i = 0; i < inLists.size(); i++) {
            String name = inLists.get(i);
            ListId list = told(problems, "lists[" + i + "]", () -> lists.typed(name));
            if (list != null) {
                holders.add(list);
            }
        }
        if (parsed == null || values == null || !problems.isEmpty()) {
            throw InvalidInput.of(problems);
        }
        return new Known(parsed, values, holders);
    }

    /** Null: it is wrong, and told. */
    private static <T> @Nullable T told(List<Problem> problems, String field, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InvalidInput e) {
            e.found().forEach(each -> problems
                    .add(new Problem(each.field().isEmpty() ? field : each.field(), "", each.sentence())));
            return null;
        }
    }

    private void hold(Contact contact, Set<ListId> wanted) {
        wanted.forEach(list -> members.add(list, contact.id()));
        for (String name : contacts.lists(contact.id())) {
            lists.find(name).filter(list -> !wanted.contains(list))
                    .ifPresent(list -> members.remove(list, contact.id()));
        }
    }
}
