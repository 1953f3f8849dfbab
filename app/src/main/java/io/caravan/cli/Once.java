package io.caravan.cli;

import java.time.Duration;
import java.util.concurrent.Callable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code once}: what is due now, then the end. */
@Command(name = "once", description = {
        "Takes what lies in the drop folder, runs what is due now, waits until every recipient of these runs"
                + " is final or the wait is over, and prints a summary table per run. What is due later stays scheduled and is named.",
        "Exit: 0 all final and nothing in doubt; 1 something is not final, failed or is in doubt; 2 input refused."})
final class Once implements Callable<Integer> {

    private final Desk desk;

    @Option(names = "--wait", defaultValue = "10m", converter = Wait.class, paramLabel = "TIME", description = "How long at most: 30s, 10m,"
            + " 2h. The default, 10m, outlasts one retry after a temporary refusal, not two.")
    private Duration wait = Duration.ofMinutes(10);

    @Option(names = "--dry-run", description = "Change nothing: files stay and the import is rolled back; print verdicts, rendering faults,"
            + " counts and the time that pacing would need.")
    private boolean dryRun;

    Once(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (dryRun) {
            return Ledgers.with(desk, ledgers -> new DryRun(ledgers, desk).run());
        }
        try (ConfigurableApplicationContext application = desk.launcher().application(desk.properties(), false)) {
            return new OnceRound(application, desk.out(), desk.err()).run(wait);
        }
    }

    static final class Wait implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String written) {
            try {
                return DurationStyle.detectAndParse(written);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + written + "' is no time: write 30s, 10m or 2h");
            }
        }
    }
}
