package io.caravan.rendering;

import org.thymeleaf.context.ITemplateContext;
import org.thymeleaf.model.IProcessableElementTag;
import org.thymeleaf.processor.element.AbstractElementTagProcessor;
import org.thymeleaf.processor.element.IElementTagStructureHandler;
import org.thymeleaf.templatemode.TemplateMode;

/** {@code <th:block>}, and the nameless {@code [# ...]} of texts: only its body stays. */
final class BlockProcessor extends AbstractElementTagProcessor {

    BlockProcessor(TemplateMode mode) {
        super(mode, mode == TemplateMode.TEXT ? null : "th", mode == TemplateMode.TEXT ? "" : "block",
                mode != TemplateMode.TEXT, null,
                false, 100_000);
    }

    @Override
    protected void doProcess(ITemplateContext context, IProcessableElementTag tag,
            IElementTagStructureHandler handler) {
        handler.removeTags();
    }
}
