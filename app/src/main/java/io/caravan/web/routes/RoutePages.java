package io.caravan.web.routes;

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

import io.caravan.flow.RouteBoard;
import io.caravan.flow.RouteBoard.Sheet;
import io.caravan.flow.RouteReload;
import io.caravan.flow.RouteSet;
import io.caravan.mail.Fault;

/** {@code /routes} and {@code /routes/ID}; with {@code ?live} what moves on them alone. */
@Controller
class RoutePages {

    private final RouteBoard board;
    private final RouteSet routes;

    RoutePages(RouteBoard board, RouteSet routes) {
        this.board = board;
        this.routes = routes;
    }

    @GetMapping("/routes")
    String list(@RequestParam(required = false) @Nullable String live, Model model) {
        model.addAttribute("routes", board.lines().stream().map(RouteRow::of).toList());
        if (live != null) {
            return "web/routes/list :: routes";
        }
        RouteSet.OnDisk disk = routes.onDisk();
        model.addAttribute("changed", disk.changed());
        model.addAttribute("problems", disk.problems());
        return "web/routes/list";
    }

    @GetMapping("/routes/{id}")
    String one(@PathVariable String id, @RequestParam(required = false) @Nullable String live, Model model) {
        Sheet sheet = board.find(id).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        model.addAttribute("route", RouteRow.of(sheet.line()));
        if (live != null) {
            return "web/routes/one :: figures";
        }
        model.addAttribute("from", sheet.from());
        model.addAttribute("source", sheet.source());
        model.addAttribute("comesFrom", sheet.comesFrom());
        model.addAttribute("campaigns", sheet.campaigns());
        return "web/routes/one";
    }

    /** Takes as long as what is on the road, thirty seconds at most. */
    @PostMapping("/routes/reload")
    RedirectView reload(RedirectAttributes flash) {
        try {
            RouteReload outcome = routes.reload();
            flash.addFlashAttribute(outcome instanceof RouteReload.Done ? "said" : "refused", outcome.says());
        } catch (Fault fault) {
            flash.addFlashAttribute("refused", fault.getMessage());
        }
        RedirectView back = new RedirectView("/routes", true);
        back.setStatusCode(HttpStatus.SEE_OTHER);
        back.setExposeModelAttributes(false);
        return back;
    }
}
