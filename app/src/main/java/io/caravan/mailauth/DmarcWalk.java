package io.caravan.mailauth;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.caravan.mailauth.Names.Answer;
import io.caravan.mailauth.Names.Type;

/** Finds records and organizational domains by walking up the DNS tree (RFC 9989 section 4.10); remembers what it asked. */
final class DmarcWalk {

    /** A name could not be looked up now. */
    static final class Unknown extends Exception {

        private static final long serialVersionUID = 1L;

        Unknown(String why) {
            super(why, null, false, false);
        }
    }

    record Found(String name, DmarcRecord record) {
    }

    /** Names with more labels are asked once, then their last seven labels. */
    private static final int LABELS = 8;

    private final Names names;
    private final Map<String, List<DmarcRecord>> asked = new HashMap<>();
    private final Map<String, List<Found>> walked = new HashMap<>();

    DmarcWalk(Names names) {
        this.names = names;
    }

    /** All DMARC records of one name: a domain should have one at most. */
    List<DmarcRecord> at(String domain) throws Unknown {
        List<DmarcRecord> known = asked.get(domain);
        if (known == null) {
            known = look("_dmarc." + domain);
            asked.put(domain, known);
        }
        return known;
    }

    private List<DmarcRecord> look(String name) throws Unknown {
        if (!DomainName.canBeAsked(name)) {
            return List.of();
        }
        return switch (names.look(Type.TXT, name)) {
            case Answer.Found found ->
                found.values().stream().map(DmarcRecord::parse).flatMap(Optional::stream).toList();
            case Answer.None none -> List.of();
            case Answer.Fault fault -> throw new Unknown(fault.why());
        };
    }

    /** The records on the way from a domain to the root, from the longest name; several under one name count as none. */
    List<Found> walk(String domain) throws Unknown {
        List<Found> known = walked.get(domain);
        if (known != null) {
            return known;
        }
        List<Found> found = new ArrayList<>();
        String name = domain;
        int left = DomainName.labels(domain);
        while (true) {
            List<DmarcRecord> records = at(name);
            if (records.size() == 1) {
                found.add(new Found(name, records.getFirst()));
                if (records.getFirst().endsWalk()) {
                    break;
                }
            }
            left = left >= LABELS ? LABELS - 1 : left - 1;
            if (left == 0) {
                break;
            }
            name = DomainName.last(domain, left);
        }
        walked.put(domain, found);
        return found;
    }

    /** The organizational domain (section 4.10.2). */
    String organization(String domain) throws Unknown {
        List<Found> found = walk(domain);
        for (Found step : found) {
            if (step.record.psd() == 'n') {
                return step.name;
            }
            if (step.record.psd() == 'y' && !step.name.equals(domain)) {
                return DomainName.last(domain, DomainName.labels(step.name) + 1);
            }
        }
        return found.isEmpty() ? domain : found.getLast().name;
    }

    /** The record that applies to a domain without one of its own: its organization's, else that of the public suffix. */
    @Nullable
    Found above(String domain) throws Unknown {
        String organization = organization(domain);
        List<Found> found = walk(domain);
        for (Found step : found) {
            if (step.name.equals(organization)) {
                return step;
            }
        }
        return found.stream().filter(step -> step.record.psd() == 'y').findFirst().orElse(null);
    }
}
