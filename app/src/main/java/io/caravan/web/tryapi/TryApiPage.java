package io.caravan.web.tryapi;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/** {@code /api}: every operation, and each of them to try with one's own values. */
@Controller
class TryApiPage {

    private final ObjectProvider<OpenApiWebMvcResource> documents;

    TryApiPage(ObjectProvider<OpenApiWebMvcResource> documents) {
        this.documents = documents;
    }

    @GetMapping("/api")
    String show(@RequestParam(defaultValue = "") String call, HttpServletRequest request, Locale locale, Model model)
            throws JsonProcessingException {
        Map<String, List<Call>> calls = new Description(
                documents.getObject().openapiJson(request, "/v3/api-docs", locale)).calls();
        if (call.isEmpty()) {
            model.addAttribute("calls", calls);
            return "web/tryapi/calls";
        }
        model.addAttribute("call", calls.values().stream().flatMap(List::stream)
                .filter(each -> each.id().equals(call)).findFirst()
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND)));
        return "web/tryapi/call";
    }
}
