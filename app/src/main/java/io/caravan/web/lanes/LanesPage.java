package io.caravan.web.lanes;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.flow.LaneDesk;
import io.caravan.flow.LaneDesk.Act;
import io.caravan.flow.LaneDesk.Line;
import io.caravan.mail.InvalidInput;

/** {@code /lanes} and {@code /lanes/ID}; with {@code ?live} what moves on them alone. */
@Controller
class LanesPage {

    private static final int LENGTH = 50;
    private static final int TROUBLED = 100;
    private static final String ONE = "/lanes/{id:\\d{1,9}}";

    private final LaneDesk desk;

    LanesPage(LaneDesk desk) {
        this.desk = desk;
    }

    @GetMapping("/lanes")
    String list(@RequestParam(defaultValue = "") String identity, @RequestParam(defaultValue = "") String provider,
            @RequestParam(required = false) @Nullable String live, Model model) {
        List<Line> read = desk.page(identity, provider, LENGTH + 1);
        List<Line> shown = read.subList(0, Math.min(LENGTH, read.size()));
        boolean first = identity.isEmpty();
        model.addAttribute("troubled", first ? desk.troubled(TROUBLED).stream().map(LaneRow::of).toList() : List.of());
        model.addAttribute("lanes", shown.stream().map(LaneRow::of).toList());
        model.addAttribute("first", first);
        model.addAttribute("identity", identity);
        model.addAttribute("provider", provider);
        model.addAttribute("next", read.size() > LENGTH ? shown.getLast().lane() : null);
        return live == null ? "web/lanes/list" : "web/lanes/list :: lanes";
    }

    @GetMapping(ONE)
    String one(@PathVariable int id, @RequestParam(required = false) @Nullable String live, Model model) {
        Line line = desk.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("lane", LaneRow.of(line));
        return live == null ? "web/lanes/lane" : "web/lanes/lane :: lane";
    }

    @PostMapping(ONE + "/{act:open|close|reset|retry}")
    RedirectView act(@PathVariable int id, @PathVariable String act, @RequestParam(defaultValue = "") String note,
            RedirectAttributes flash) {
        if (desk.find(id).isEmpty()) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }
        try {
            flash.addFlashAttribute("said", desk.act(id, Act.valueOf(act.toUpperCase(Locale.ROOT)), note));
        } catch (InvalidInput refused) {
            flash.addFlashAttribute("refused", "Not done: " + refused.getMessage() + ".");
        }
        RedirectView back = new RedirectView("/lanes/" + id, true, false);
        back.setStatusCode(HttpStatus.SEE_OTHER);
        return back;
    }
}
