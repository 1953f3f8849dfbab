package io.caravan.web.editor;

import java.util.HashMap;
import java.util.Map;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;

import io.caravan.flow.UnreadableDraft;

/** Instead of any page of a draft that cannot be read: what is wrong in which line, its text to keep, and the way to be rid of it. */
@ControllerAdvice("io.caravan.web.editor")
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnreadableDrafts {

    @ExceptionHandler
    ModelAndView unreadable(UnreadableDraft unreadable) {
        Map<String, Object> model = new HashMap<>();
        model.put("name", unreadable.draft().name());
        model.put("edit", unreadable.draft().edit());
        model.put("problems", unreadable.problems());
        model.put("source", unreadable.draft().source());
        return new ModelAndView("web/editor/unreadable", model, HttpStatus.UNPROCESSABLE_CONTENT);
    }
}
