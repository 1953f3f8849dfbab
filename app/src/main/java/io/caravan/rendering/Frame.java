package io.caravan.rendering;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.IContext;

/** One rendering for one person: whose data, what is left of its limits, and what was found missing. */
final class Frame {

    /** Its name among the variables of the engine; no template can say it. */
    static final String NAME = ".";

    /** How many of a person's attributes a sentence names. */
    private static final int SHOWN = 12;

    final Person person;
    final Marks marks;
    private final Sites sites;
    private final @Nullable Set<Shortcoming> found;
    private final Deadline deadline;
    private final MailLimits limits;
    private int loops;
    private Site site = Site.NONE;
    private @Nullable IContext locals;

    /** @param found where shortcomings go; null: the first one ends the rendering */
    Frame(Sites sites, MailLimits limits, Person person, Marks marks, @Nullable Set<Shortcoming> found) {
        this.sites = sites;
        this.limits = limits;
        this.person = person;
        this.marks = marks;
        this.found = found;
        this.deadline = new Deadline(limits.time().toNanos());
    }

    /** What the numbered expression comes to. */
    @Nullable
    Object value(String number, @Nullable IContext context, boolean lenient) {
        site = sites.at(number);
        locals = context;
        tick();
        return site.expression().value(this, lenient);
    }

    Site site(String number) {
        return sites.at(number);
    }

    @Nullable
    Object local(String name) {
        return locals == null ? null : locals.getVariable(name);
    }

    @Nullable
    Object missing(String written, boolean lenient) {
        return lenient
                ? null
                : trouble(written, "no value for '" + written + "'" + known() + "; give a default (${" + written
                        + "} ?: '...') or put it under a th:if");
    }

    /** What there is instead: a column's heading and its attribute may differ, as in Vorname and first_name. */
    private String known() {
        List<String> names = person.attributes().entrySet().stream().filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey).sorted().toList();
        return names.isEmpty()
                ? ""
                : " (this person has " + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                        + (names.size() > SHOWN ? ", ..." : "") + ")";
    }

    /** A shortcoming: noted, or the end. */
    Object trouble(String attribute, String what) {
        Shortcoming shortcoming = new Shortcoming(site.template(), site.line(), attribute, what);
        if (found == null) {
            throw new RenderingFault(shortcoming.toString());
        }
        found.add(shortcoming);
        return "";
    }

    void tick() {
        if (deadline.isOver()) {
            throw new RenderingFault(
                    site.template() + ":" + site.line() + ": rendering took longer than " + limits.time().toMillis()
                            + " ms; make the template simpler");
        }
    }

    /** The list, counting every turn against the limit. */
    Iterable<?> counted(List<?> list) {
        Site here = site;
        return () -> {
            Iterator<?> inner = list.iterator();
            return new Iterator<Object>() {
                @Override
                public boolean hasNext() {
                    return inner.hasNext();
                }

                @Override
                public Object next() {
                    tick();
                    if (++loops > limits.loops()) {
                        throw new RenderingFault(here.template() + ":" + here.line() + ": more than " + limits.loops()
                                + " turns of th:each in one mail; shorten the list");
                    }
                    return inner.next();
                }
            };
        };
    }
}
