package io.caravan.flow;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.delivery.AudiencePeople;
import io.caravan.delivery.AudiencePeople.Someone;
import io.caravan.delivery.PlanOrder.Audience;
import io.caravan.mail.CampaignSpec;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.rendering.Person;

/** Whom a campaign is previewed as: people of its audience, found by their keys, never by reading through it. */
@Component
public class PreviewPeople {

    private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {
    };

    private final AudienceTerms terms;
    private final AudiencePeople people;
    private final Random random = new Random();
    private final JsonMapper json = JsonMapper.builder().build();

    PreviewPeople(AudienceTerms terms, AudiencePeople people) {
        this.terms = terms;
        this.people = people;
    }

    /**
     * Somebody whose data a mail is filled with.
     *
     * @param member of the audience; a contact that is not can be tried, too
     */
    public record Chosen(Person person, boolean member) {
    }

    /** @throws InvalidInput if the address is none */
    public Optional<Chosen> named(CampaignSpec spec, String address) {
        Optional<Audience> audience = audience(spec);
        return people.named(EmailAddress.parse(address.strip()).canonical()).map(one -> new Chosen(person(one),
                audience.map(of -> people.has(of, one.contact())).orElse(false)));
    }

    /** The one after that address in the order of the audience; the first if there is none, or it names nobody. */
    public Optional<Chosen> after(CampaignSpec spec, String address) {
        return audience(spec).flatMap(of -> {
            long after = find(address).map(one -> one.contact().value()).orElse(0L);
            return people.next(of, after).or(() -> people.next(of, 0)).map(one -> new Chosen(person(one), true));
        });
    }

    public Optional<Chosen> anybody(CampaignSpec spec) {
        return audience(spec).flatMap(of -> people.ends(of)
                .flatMap(ends -> people.next(of, random.nextLong(ends[0], ends[1] + 1) - 1))
                .map(one -> new Chosen(person(one), true)));
    }

    /** Addresses of the audience that begin so, a few. */
    public List<String> beginning(CampaignSpec spec, String part, int limit) {
        String begin = part.strip().toLowerCase(Locale.ROOT);
        return begin.isEmpty()
                ? List.of()
                : audience(spec).map(of -> people.beginning(of, begin, limit).stream().map(Someone::written).toList())
                        .orElse(List.of());
    }

    private Optional<Someone> find(String address) {
        try {
            return address.isBlank()
                    ? Optional.empty()
                    : people.named(EmailAddress.parse(address.strip()).canonical());
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }

    private Optional<Audience> audience(CampaignSpec spec) {
        try {
            return Optional.of(terms.audience(spec));
        } catch (InvalidInput nobodyYet) {
            return Optional.empty();
        }
    }

    private Person person(Someone one) {
        return new Person(one.written(), json.readValue(one.attributes(), ATTRIBUTES));
    }
}
