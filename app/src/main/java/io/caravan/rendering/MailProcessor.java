package io.caravan.rendering;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.thymeleaf.context.ITemplateContext;
import org.thymeleaf.engine.AttributeName;
import org.thymeleaf.model.IProcessableElementTag;
import org.thymeleaf.processor.element.AbstractAttributeTagProcessor;
import org.thymeleaf.processor.element.IElementTagStructureHandler;
import org.thymeleaf.templatemode.TemplateMode;

/** The processors of {@link MailDialect}. An attribute's value is always the number of a site, never an expression. */
abstract sealed class MailProcessor extends AbstractAttributeTagProcessor {

    private static final String SWITCH = ".switch";

    private MailProcessor(String attribute, int precedence) {
        super(TemplateMode.TEXT, "th", null, false, attribute, true, precedence, true);
    }

    @Override
    protected final void doProcess(ITemplateContext context, IProcessableElementTag tag, AttributeName name,
            String number,
            IElementTagStructureHandler handler) {
        if (context.getVariable(Frame.NAME) instanceof Frame frame) {
            act(frame, context, number, handler);
        }
    }

    abstract void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler);

    static String text(Frame frame, ITemplateContext context, String number) {
        return Values.text(frame.value(number, context, false));
    }

    static final class Text extends MailProcessor {
        Text() {
            super("text", 1300);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            handler.setBody(text(frame, context, number), false);
        }
    }

    static final class Out extends MailProcessor {
        Out() {
            super(MailDialect.OUT, 1200);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            handler.replaceWith(text(frame, context, number), false);
        }
    }

    static final class If extends MailProcessor {
        private final boolean wanted;

        If(String name, int precedence) {
            super(name, precedence);
            wanted = name.equals("if");
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            if (Values.isTrue(frame.value(number, context, true)) != wanted) {
                handler.removeElement();
            }
        }
    }

    static final class Switch extends MailProcessor {
        Switch() {
            super("switch", 250);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            handler.setLocalVariable(SWITCH, new State(frame.value(number, context, true)));
        }
    }

    private static final class State {
        private final @Nullable Object value;
        private boolean taken;

        State(@Nullable Object value) {
            this.value = value;
        }
    }

    /** {@code *} takes what no case before it took. */
    static final class Case extends MailProcessor {
        Case() {
            super("case", 275);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            boolean mine = context.getVariable(SWITCH) instanceof State state && take(state, frame, context, number);
            if (!mine) {
                handler.removeElement();
            }
        }

        private static boolean take(State state, Frame frame, ITemplateContext context, String number) {
            boolean mine = !state.taken
                    && (number.equals("*") || Values.compare("==", state.value, frame.value(number, context, true)));
            state.taken |= mine;
            return mine;
        }
    }

    static final class Each extends MailProcessor {
        Each() {
            super("each", 200);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String number, IElementTagStructureHandler handler) {
            Site site = frame.site(number);
            Object value = frame.value(number, context, true);
            List<?> list = switch (value) {
                case null -> List.of();
                case List<?> many -> many;
                default -> {
                    frame.trouble("", "th:each needs a list, and this is a single value; write a list under vars:");
                    yield List.of();
                }
            };
            handler.iterateElement(site.variable(), site.status(), frame.counted(list));
        }
    }

    /** Several assignments are several numbers, with commas. */
    static final class With extends MailProcessor {
        With() {
            super("with", 600);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String numbers, IElementTagStructureHandler handler) {
            for (String number : numbers.split(",")) {
                handler.setLocalVariable(frame.site(number).variable(), frame.value(number, context, true));
            }
        }
    }

    static final class Remove extends MailProcessor {
        Remove() {
            super("remove", 1600);
        }

        @Override
        void act(Frame frame, ITemplateContext context, String what, IElementTagStructureHandler handler) {
            switch (what) {
                case "all" -> handler.removeElement();
                case "tag" -> handler.removeTags();
                default -> handler.removeBody();
            }
        }
    }
}
