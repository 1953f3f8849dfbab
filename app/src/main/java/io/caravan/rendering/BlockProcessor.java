package io.caravan.rendering;

import org.thymeleaf.context.ITemplateContext;
import org.thymeleaf.model.IProcessableElementTag;
import org.thymeleaf.processor.element.AbstractElementTagProcessor;
import org.thymeleaf.processor.element.IElementTagStructureHandler;
import org.thymeleaf.templatemode.TemplateMode;

/** The nameless {@code [# ...]}: only its body stays. */
final class BlockProcessor extends AbstractElementTagProcessor {

    BlockProcessor() {
        super(TemplateMode.TEXT, null, "", false, null, false, 100_000);
    }

    @Override
    protected void doProcess(ITemplateContext context, IProcessableElementTag tag,
            IElementTagStructureHandler handler) {
        handler.removeTags();
    }
}
