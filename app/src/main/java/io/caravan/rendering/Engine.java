package io.caravan.rendering;

import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.thymeleaf.TemplateEngine;
import org.thymeleaf.TemplateSpec;
import org.thymeleaf.cache.AlwaysValidCacheEntryValidity;
import org.thymeleaf.cache.StandardCacheManager;
import org.thymeleaf.context.Context;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ITemplateResolver;
import org.thymeleaf.templateresolver.TemplateResolution;
import org.thymeleaf.templateresource.StringTemplateResource;

import io.caravan.mail.Fault;

/**
 * Thymeleaf with {@link MailDialect} alone, over the compiled templates of one mailing: {@code html} and {@code text}. Each is parsed
 * once. A template's name is one of these two words, never a path and never somebody's input.
 */
final class Engine {

    static final TemplateSpec HTML = new TemplateSpec("html", TemplateMode.TEXT);
    static final TemplateSpec TEXT = new TemplateSpec("text", TemplateMode.TEXT);

    private final TemplateEngine engine = new TemplateEngine();

    /** @param templates compiled, by name */
    Engine(Map<String, String> templates) {
        StandardCacheManager cache = new StandardCacheManager();
        cache.setTemplateCacheUseSoftReferences(false);
        engine.setCacheManager(cache);
        engine.setDialect(new MailDialect());
        engine.setTemplateResolver(new Templates(templates));
    }

    /** @throws RenderingFault saying template and line */
    void render(TemplateSpec spec, Frame frame, CharSink sink) {
        Context context = new Context(Locale.ROOT, Map.of(Frame.NAME, frame));
        try {
            // not TemplateEngine.process: it logs each failure with the whole template
            engine.getConfiguration().getTemplateManager().parseAndProcess(spec, context, sink);
        } catch (RuntimeException e) {
            throw fault(spec, e);
        }
    }

    private static RuntimeException fault(TemplateSpec spec, RuntimeException thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Fault fault) {
                return fault;
            }
        }
        return new RenderingFault(
                spec.getTemplate() + ":1: the template cannot be rendered (" + thrown.getClass().getSimpleName()
                        + "); check that its elements are closed in order");
    }

    private record Templates(Map<String, String> texts) implements ITemplateResolver {
        @Override
        public String getName() {
            return "mailing";
        }

        @Override
        public Integer getOrder() {
            return 1;
        }

        @Override
        public @Nullable TemplateResolution resolveTemplate(org.thymeleaf.IEngineConfiguration configuration,
                @Nullable String owner,
                String name, @Nullable Map<String, Object> attributes) {
            String text = texts.get(name);
            return text == null
                    ? null
                    : new TemplateResolution(new StringTemplateResource(text), TemplateMode.TEXT,
                            AlwaysValidCacheEntryValidity.INSTANCE);
        }
    }
}
