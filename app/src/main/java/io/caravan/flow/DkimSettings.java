package io.caravan.flow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;

/**
 * How signing keys are kept, as configured.
 *
 * @param domains   of the identities that have an entry, by their names
 * @param selectors by domain: the names that its new keys take in turn; none: they are named by month
 * @param notice    from an activation to the first mail that the key signs: all nodes must have heard of it by then
 * @param tried     how long a mail is tried: as long after its turn a key signs what is tried again
 * @param elsewhere how long after that what it signed may lie with others, who ask for its record
 */
public record DkimSettings(Map<String, String> domains, Map<String, List<String>> selectors, Duration notice,
        Duration tried, Duration elsewhere) {

    /** How long after its turn a key and its record must stay. */
    Duration kept() {
        return tried.plus(elsewhere);
    }

    /**
     * The From domain of an identity: that of its entry, or the name itself, since a domain without an entry is an identity of its own name.
     *
     * @throws InvalidInput if it is neither
     */
    public String domain(String identity) {
        String known = domains.get(identity);
        if (known != null) {
            return known;
        }
        try {
            if (identity.contains(".")) {
                return EmailAddress.parse("postmaster@" + identity.strip()).domain();
            }
        } catch (InvalidInput e) {
            throw unknown(identity, e);
        }
        throw unknown(identity, null);
    }

    private InvalidInput unknown(String identity, @Nullable InvalidInput cause) {
        return new InvalidInput("there is no identity " + identity + ": name a From domain" + (domains.isEmpty()
                ? ""
                : ", or one of " + String.join(", ", new TreeMap<>(domains).keySet()) + " (caravan.identities)"),
                cause);
    }

    /** The entry's name of a domain, or the domain. */
    public String identity(String domain) {
        return domains.entrySet().stream().filter(each -> each.getValue().equals(domain)).map(Map.Entry::getKey)
                .findFirst().orElse(domain);
    }
}
