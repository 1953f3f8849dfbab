package io.caravan.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The command line: finds the verb, hands Spring what is Spring's, and turns every failure into a sentence and an exit code. */
@Command(name = "caravan", description = "A self-hosted bulk mail scheduler: drop a CSV and a campaign file, and every person gets one"
        + " mail and one row that says why.", footer = {"",
                "Without a verb: serve. Every setting of application.yaml is an option too, with"
                        + " any verb: --caravan.data=DIR, --server.port=PORT, ...",
                "--debug shows stack traces."}, versionProvider = Version.class, sortOptions = false, synopsisSubcommandLabel = "VERB")
public final class Caravan {

    private static final Pattern PROPERTY = Pattern.compile("--[A-Za-z][\\w-]*(\\.[^=\\s]+)+(=.*)?", Pattern.DOTALL);

    private final Launcher launcher;
    private final PrintWriter out;
    private final PrintWriter err;

    public Caravan(Launcher launcher, PrintWriter out, PrintWriter err) {
        this.launcher = launcher;
        this.out = out;
        this.err = err;
    }

    /** Runs a command line. @return the exit code: 0 done, 1 as the verb says, 2 not understood or refused */
    public int run(String... arguments) {
        List<String> properties = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        for (String argument : arguments) {
            boolean spring = PROPERTY.matcher(argument).matches() || argument.equals("--debug");
            if (spring && !argument.contains("=") && !argument.equals("--debug")) {
                return misused(argument + " has no value: write " + argument + "=VALUE", "caravan");
            }
            (spring ? properties : rest).add(argument);
        }
        boolean debug = properties.contains("--debug");
        if (rest.isEmpty()) {
            rest.add("serve");
        } else if (rest.stream().allMatch(each -> each.equals("--example"))) {
            rest.addFirst("serve");
        }
        int exit = commandLine(new Desk(launcher, List.copyOf(properties), out, err), debug)
                .execute(rest.toArray(String[]::new));
        out.flush();
        err.flush();
        return exit;
    }

    private CommandLine commandLine(Desk desk, boolean debug) {
        CommandLine line = new CommandLine(this);
        for (Object verb : List.of(new Serve(desk), new Once(desk), new Check(desk), new CampaignVerb(desk),
                new LedgerVerb(desk),
                new DoubtVerb(desk), new QueueVerb(desk), new DkimVerb(desk), new VerifyVerb(desk), new WhyVerb(desk),
                new SuppressionsVerb(desk), new MailboxVerb(desk), new Health(desk),
                new SupportVerb(desk), new Init(desk))) {
            line.addSubcommand(verb);
        }
        everywhere(line, debug);
        return line;
    }

    private void everywhere(CommandLine line, boolean debug) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        if (line.getCommandSpec().versionProvider() == null) {
            line.getCommandSpec().versionProvider(new Version());
        }
        line.setOut(out).setErr(err).setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true);
        line.setParameterExceptionHandler(this::notUnderstood);
        line.setExecutionExceptionHandler((failure, command, parsed) -> failure instanceof NotUnderstood
                ? misused(String.valueOf(failure.getMessage()), command.getCommandSpec().qualifiedName())
                : failed(failure, debug));
        line.getSubcommands().values().forEach(each -> everywhere(each, debug));
    }

    private int notUnderstood(ParameterException failure, String[] arguments) {
        err.println("caravan: " + failure.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("Try '" + failure.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return 2;
    }

    private int failed(Exception failure, boolean debug) {
        Launcher.Failure explained = launcher.explain(failure);
        explained.sentence().lines().forEach(line -> err.println("caravan: " + line));
        if (debug) {
            failure.printStackTrace(err);
        }
        err.flush();
        return explained.exitCode();
    }

    private int misused(String sentence, String command) {
        err.println("caravan: " + sentence);
        err.println("Try '" + command + " --help'.");
        err.flush();
        return 2;
    }
}
