package io.caravan.rendering;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.thymeleaf.dialect.AbstractProcessorDialect;
import org.thymeleaf.processor.IProcessor;

/**
 * The whole dialect of mail templates, an allow-list: what is not here does not exist. There is no standard dialect beside it, so
 * neither an expression parser, nor inlining, nor preprocessing, nor insertion of other templates is there to be reached. All
 * templates are texts here: of HTML, {@link FlatHtml} makes one.
 */
final class MailDialect extends AbstractProcessorDialect {

    /** What authors may write after {@code th:}, besides the attributes below. */
    static final Set<String> ATTRIBUTES = Set.of("text", "if", "unless", "each", "switch", "case", "with", "remove",
            "attr");

    /** Plain attributes that an expression may set, as {@code th:href} or in {@code th:attr}. */
    static final List<String> SETTABLE = List.of("href", "src", "alt", "title", "class", "id", "width", "height",
            "align", "valign",
            "bgcolor", "color", "background", "lang", "dir");

    /** Our own, for {@code [[...]]}; authors cannot write it. */
    static final String OUT = "out";

    MailDialect() {
        super("mail", "th", 1000);
    }

    @Override
    public Set<IProcessor> getProcessors(String prefix) {
        Set<IProcessor> processors = new LinkedHashSet<>();
        processors.add(new MailProcessor.Each());
        processors.add(new MailProcessor.Case());
        processors.add(new MailProcessor.Switch());
        processors.add(new MailProcessor.If("if", 300));
        processors.add(new MailProcessor.If("unless", 400));
        processors.add(new MailProcessor.With());
        processors.add(new MailProcessor.Text());
        processors.add(new MailProcessor.Out());
        processors.add(new MailProcessor.Remove());
        processors.add(new BlockProcessor());
        return processors;
    }
}
