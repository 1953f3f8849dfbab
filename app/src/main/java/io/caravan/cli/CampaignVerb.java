package io.caravan.cli;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.audience.Imports;
import io.caravan.audience.Lists;
import io.caravan.campaign.Acted;
import io.caravan.campaign.Action;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Runs;
import io.caravan.delivery.Planner;
import io.caravan.delivery.RunCounts;
import io.caravan.flow.Concerned;
import io.caravan.mail.InvalidInput;

/** {@code campaign}: how it stands, and what a person wants of it. */
@Command(name = "campaign", description = {
        "How a campaign stands: its state, versions, runs and next ten firings; or an action, which says"
                + " first how many people it concerns.",
        "'start' opens its run; 'start --again' mails everybody again, 'start --new' those with no row in earlier runs (or a cancelled one)."
                + " 'resend' opens a run for those not reached: failed, expired, bounced soft or by policy; never hard, complained or"
                + " suppressed. 'answer run|skip' decides a late firing that asks.",
        "Exit: 0; 1 refused, with why; 2 not understood."}, customSynopsis = "caravan campaign NAME [start [--again|--new]|pause|resume|cancel|resend|answer run|skip]")
final class CampaignVerb implements Callable<Integer> {

    private final Desk desk;

    @Parameters(index = "0", paramLabel = "NAME", description = "The campaign's name.")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ACTION", description = "start, pause, resume, cancel, resend or answer.")
    private @Nullable String action;

    @Parameters(index = "2", arity = "0..1", paramLabel = "run|skip", hideParamSyntax = true, description = "The answer.")
    private @Nullable String answer;

    @Option(names = "--again", description = "With start: mail everybody again.")
    private boolean again;

    @Option(names = "--new", description = "With start: only those with no row in earlier runs.")
    private boolean onlyNew;

    CampaignVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        if (action == null) {
            if (again || onlyNew) {
                throw new NotUnderstood("--again and --new go with start: caravan campaign " + name + " start --again");
            }
            return Ledgers.with(desk, this::show);
        }
        Action asked = asked(action);
        return Ledgers.with(desk, ledgers -> act(ledgers, asked));
    }

    private int show(ApplicationContext ledgers) {
        new CampaignView(ledgers).lines(KnownCampaign.named(ledgers, name)).forEach(desk.out()::println);
        return 0;
    }

    private int act(ApplicationContext ledgers, Action asked) {
        Campaigns campaigns = ledgers.getBean(Campaigns.class);
        Campaign known = KnownCampaign.named(ledgers, name);
        campaigns.refusal(known.id(), asked).ifPresent(why -> {
            throw new InvalidInput("campaign " + name + " cannot " + asked.words() + ": " + why);
        });
        desk.out().println(asked.words() + " concerns " + concerned(ledgers).by(known, asked) + " people");
        desk.out().flush();
        Acted done = campaigns.act(known.id(), asked);
        desk.out().println("campaign " + name + " is " + done.campaign().state().word()
                + (done.opened() == null
                        ? ""
                        : ", run " + done.opened().number() + " is " + done.opened().state().word()));
        return 0;
    }

    private Action asked(String word) {
        if (!word.equals("answer") && answer != null) {
            throw notUnderstood(word + " " + answer);
        }
        if (!word.equals("start") && (again || onlyNew) || again && onlyNew) {
            throw notUnderstood(word + (again ? " --again" : "") + (onlyNew ? " --new" : ""));
        }
        return switch (word) {
            case "start" -> again ? Action.START_AGAIN : onlyNew ? Action.START_NEW : Action.START;
            case "pause" -> Action.PAUSE;
            case "resume" -> Action.RESUME;
            case "cancel" -> Action.CANCEL;
            case "resend" -> Action.RESEND;
            case "answer" -> switch (String.valueOf(answer)) {
                case "run" -> Action.ANSWER_RUN;
                case "skip" -> Action.ANSWER_SKIP;
                default -> throw notUnderstood("answer" + (answer == null ? "" : " " + answer));
            };
            default -> throw notUnderstood(word);
        };
    }

    private static NotUnderstood notUnderstood(String written) {
        return new NotUnderstood("'" + written + "' is no action: write start, start --again, start --new, pause,"
                + " resume, cancel, resend, answer run or answer skip");
    }

    private static Concerned concerned(ApplicationContext ledgers) {
        return new Concerned(ledgers.getBean(Campaigns.class), ledgers.getBean(Runs.class),
                ledgers.getBean(RunCounts.class), ledgers.getBean(Planner.class), ledgers.getBean(Imports.class),
                ledgers.getBean(Lists.class));
    }
}
