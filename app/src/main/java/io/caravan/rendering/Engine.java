package io.caravan.rendering;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.thymeleaf.IEngineConfiguration;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.cache.NonCacheableCacheEntryValidity;
import org.thymeleaf.context.Context;
import org.thymeleaf.engine.TemplateData;
import org.thymeleaf.engine.TemplateModel;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresource.StringTemplateResource;

import io.caravan.mail.Fault;

/**
 * Thymeleaf with {@link MailDialect} alone, over the compiled templates of one mailing, each parsed once. All mailings share one Thymeleaf: what
 * it keeps to parse with is a megabyte, and a mailing's own templates are a few kilobytes.
 */
final class Engine {

    private static final IEngineConfiguration THYMELEAF = thymeleaf();

    /** The names of templates in messages: never a path and never somebody's input. */
    static final String HTML = "html";
    static final String TEXT = "text";

    private final Map<String, TemplateModel> templates = new HashMap<>();

    /**
     * @param compiled templates by name
     * @throws RenderingFault saying which template cannot be read
     */
    Engine(Map<String, String> compiled) {
        compiled.forEach((name, text) -> templates.put(name, parse(name, text)));
    }

    private static IEngineConfiguration thymeleaf() {
        TemplateEngine engine = new TemplateEngine();
        engine.setCacheManager(null); // each mailing keeps its own
        engine.setDialect(new MailDialect());
        return engine.getConfiguration();
    }

    private static TemplateModel parse(String name, String text) {
        TemplateData template = new TemplateData(name, null, new StringTemplateResource(text), TemplateMode.TEXT,
                NonCacheableCacheEntryValidity.INSTANCE);
        try {
            return THYMELEAF.getTemplateManager().parseString(template, text, 0, 0, TemplateMode.TEXT, false);
        } catch (RuntimeException e) {
            throw fault(name, e);
        }
    }

    /** @throws RenderingFault saying template and line */
    void render(String name, Frame frame, CharSink sink) {
        TemplateModel template = Objects.requireNonNull(templates.get(name));
        Context context = new Context(Locale.ROOT, Map.of(Frame.NAME, frame));
        try {
            // not TemplateEngine.process: it logs each failure with the whole template
            THYMELEAF.getTemplateManager().process(template, THYMELEAF.getEngineContextFactory()
                    .createEngineContext(THYMELEAF, template.getTemplateData(), null, context), sink);
        } catch (RuntimeException e) {
            throw fault(name, e);
        }
    }

    private static RuntimeException fault(String name, RuntimeException thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Fault fault) {
                return fault;
            }
        }
        return new RenderingFault(
                name + ":1: the template cannot be rendered (" + thrown.getClass().getSimpleName()
                        + "); check that its elements are closed in order");
    }
}
