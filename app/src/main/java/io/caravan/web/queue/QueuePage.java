package io.caravan.web.queue;

import java.time.InstantSource;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.servlet.view.RedirectView;

import io.caravan.delivery.QueueHold;
import io.caravan.flow.QueueActs;
import io.caravan.flow.QueueActs.Act;
import io.caravan.flow.QueueActs.Fault;
import io.caravan.flow.QueueActs.Reach;
import io.caravan.flow.QueueActs.Wanted;
import io.caravan.flow.QueueDesk;
import io.caravan.flow.QueueDesk.Page;
import io.caravan.flow.QueueDesk.Place;
import io.caravan.mail.InvalidInput;
import io.caravan.web.Moment;
import io.caravan.web.Words;

/**
 * {@code /queue}, with {@code ?live} what moves on it alone. An act is asked for with a POST, which counts the mails that it concerns and
 * shows the question; its answer is a second POST.
 */
@Controller
class QueuePage {

    private static final int LENGTH = 50;

    private final QueueDesk desk;
    private final QueueActs acts;
    private final InstantSource clock;

    QueuePage(QueueDesk desk, QueueActs acts, InstantSource clock) {
        this.desk = desk;
        this.acts = acts;
        this.clock = clock;
    }

    /** An order to hold, in words. */
    public record Order(long id, String what, String note, Moment since, @Nullable Moment until, QueueForm form) {
    }

    @GetMapping("/queue")
    String list(@ModelAttribute("asked") QueueForm asked, @RequestParam(defaultValue = "") String after,
            @RequestParam(required = false) @Nullable String live, Model model) {
        Page page = desk.page(asked.filter(), place(after), LENGTH);
        model.addAttribute("lines", page.lines().stream().map(QueueRow::of).toList());
        model.addAttribute("orders", desk.orders().stream().map(this::order).toList());
        model.addAttribute("after", after);
        model.addAttribute("next", page.next() == null ? null : link(page.next()));
        model.addAttribute("all", asked.filter().isAll());
        return live == null ? "web/queue/list" : "web/queue/list :: queue";
    }

    static String link(Place at) {
        return at.run() + "-" + at.lane();
    }

    /** Null: from the beginning. A run that is wholly behind the reader is left with the largest lane there can be, of ten digits. */
    static @Nullable Place place(String after) {
        if (!after.matches("\\d{1,18}-\\d{1,10}")) {
            return null;
        }
        String[] parts = after.split("-", 2);
        return new Place(Long.parseLong(parts[0]), (int) Math.min(Integer.MAX_VALUE, Long.parseLong(parts[1])));
    }

    private Order order(QueueHold hold) {
        String run = hold.what().run() == 0 ? "" : String.valueOf(hold.what().run());
        QueueForm form = new QueueForm("release", run, hold.what().identity(), hold.what().provider(),
                hold.what().domain(), "", "", "", "");
        String what = String.join(", ", form.about());
        return new Order(hold.id(),
                run.isEmpty() ? what : what.replace("run " + run, desk.runName(hold.what().run())), hold.note(),
                Moment.at(hold.since()), Moment.of(hold.until()), form);
    }

    @PostMapping("/queue/ask")
    Object ask(@ModelAttribute("asked") QueueForm asked, Model model, RedirectAttributes flash) {
        Wanted wanted;
        try {
            wanted = asked.wanted(clock.instant());
        } catch (InvalidInput refused) {
            return back(asked, flash, refused.problems());
        }
        List<Fault> faults = acts.faults(wanted);
        if (!faults.isEmpty()) {
            return back(asked, flash, faults.stream().map(Fault::message).toList());
        }
        Reach reach = acts.reach(wanted);
        model.addAttribute("title", title(wanted.act()));
        model.addAttribute("mails", Words.number(reach.mails()));
        model.addAttribute("passed", Words.number(reach.passedOver()));
        model.addAttribute("nobody", reach.mails() == 0 && reach.orders().isEmpty());
        model.addAttribute("orders", reach.orders().stream().map(this::order).toList());
        model.addAttribute("until", Moment.of(wanted.until()));
        return "web/queue/ask";
    }

    private static RedirectView back(QueueForm asked, RedirectAttributes flash, List<String> problems) {
        flash.addFlashAttribute("refused", problems.stream().map(problem -> "Not done: " + problem + ".")
                .collect(Collectors.joining("\n")));
        flash.addFlashAttribute("asked", asked);
        return new RedirectView("/queue", true, false);
    }

    @PostMapping("/queue/act")
    RedirectView act(@ModelAttribute("asked") QueueForm asked, RedirectAttributes flash) {
        try {
            Wanted wanted = asked.wanted(clock.instant());
            flash.addFlashAttribute("said", said(wanted.act(), acts.act(wanted)));
        } catch (InvalidInput refused) {
            return back(asked, flash, refused.problems());
        }
        return new RedirectView("/queue", true, false);
    }

    private static String title(Act act) {
        return switch (act) {
            case HOLD -> "Hold mail";
            case RELEASE -> "Release mail";
            case RETRY -> "Retry now";
            case CANCEL -> "Cancel mail";
        };
    }

    private static String said(Act act, Reach done) {
        String mails = Words.number(done.mails()) + (done.mails() == 1 ? " mail" : " mails");
        return switch (act) {
            case HOLD -> "Held: " + mails + ".";
            case RELEASE -> "Released: " + mails + ", " + done.orders().size()
                    + (done.orders().size() == 1 ? " order." : " orders.");
            case RETRY -> "Due now: " + mails + ".";
            case CANCEL -> "Cancelled: " + mails + ".";
        } + (done.passedOver() == 0
                ? ""
                : " Passed over, because they are in an open batch: " + Words.number(done.passedOver()) + ".");
    }
}
