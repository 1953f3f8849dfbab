package io.caravan.rendering;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.thymeleaf.dialect.AbstractProcessorDialect;
import org.thymeleaf.processor.IProcessor;
import org.thymeleaf.templatemode.TemplateMode;

/**
 * The whole dialect of mail templates, an allow-list: what is not here does not exist. There is no standard dialect beside it, so
 * neither an expression parser, nor inlining, nor preprocessing, nor insertion of other templates is there to be reached.
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
        for (TemplateMode mode : List.of(TemplateMode.HTML, TemplateMode.TEXT)) {
            processors.add(new MailProcessor.Each(mode));
            processors.add(new MailProcessor.Case(mode));
            processors.add(new MailProcessor.Switch(mode));
            processors.add(new MailProcessor.If(mode, "if", 300));
            processors.add(new MailProcessor.If(mode, "unless", 400));
            processors.add(new MailProcessor.With(mode));
            processors.add(new MailProcessor.Text(mode));
            processors.add(new MailProcessor.Out(mode));
            processors.add(new MailProcessor.Remove(mode));
            processors.add(new BlockProcessor(mode));
        }
        for (String name : SETTABLE) {
            processors.add(new MailProcessor.Set(name));
        }
        return processors;
    }
}
