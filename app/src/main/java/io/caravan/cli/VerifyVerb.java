package io.caravan.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.caravan.mail.InvalidInput;
import io.caravan.mailauth.Dkim;
import io.caravan.mailauth.DnsNames;
import io.caravan.mailauth.Names;
import io.caravan.mailauth.RawMail;
import io.caravan.mailauth.Verification;
import io.caravan.mailauth.Verification.Client;
import io.caravan.mailauth.Verification.Report;
import io.caravan.mailauth.ZoneNames;

/** {@code verify}: who vouches for a stored mail. Needs no database. */
@Command(name = "verify", description = {
        "SPF, DKIM, DMARC and ARC results of stored mails: one line for each check, and one below it for each signature.",
        "SPF needs what the mail does not say: --ip, and --helo or --mail-from. DMARC counts it only with a sender.",
        "Exit: 0 checked, whatever the results; 2 a file could not be read."})
final class VerifyVerb implements Callable<Integer> {

    private static final long LARGEST = 256L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BUDGET = Duration.ofSeconds(60);

    private final Desk desk;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Mails as they were received, with CRLF or LF.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--ip", paramLabel = "ADDRESS", description = "Who delivered the mail.")
    private String ip = "";

    @Option(names = "--helo", paramLabel = "NAME", description = "What it called itself in HELO or EHLO.")
    private String helo = "";

    @Option(names = "--mail-from", paramLabel = "ADDRESS", description = "The envelope sender, '' for a bounce; without it the mail's Return-Path, and with neither it is unknown.")
    private @Nullable String mailFrom;

    @Option(names = "--zone", paramLabel = "FILE", description = "A zone file (RFC 1035) to be asked instead of the DNS.")
    private @Nullable Path zone;

    VerifyVerb(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() {
        Names written;
        try {
            written = zone == null
                    ? null
                    : ZoneNames.parse(zone.toString(), new String(read(zone), StandardCharsets.ISO_8859_1));
        } catch (IOException | InvalidInput e) {
            refuse(e);
            return 2;
        }
        int exit = 0;
        for (Path file : files) {
            try {
                RawMail mail = RawMail.of(read(file));
                String sender = mailFrom == null ? mail.returnPath().orElse(null) : mailFrom;
                print(file, new Verification(written == null ? dns() : written, Clock.systemUTC()).check(mail,
                        new Client(ip, helo, sender == null ? null : bare(sender))));
            } catch (IOException | InvalidInput e) {
                refuse(e);
                exit = 2;
            }
        }
        return exit;
    }

    private Names dns() {
        List<String> servers = Binder.get(desk.launcher().environment(desk.properties()))
                .bind("caravan.dns.servers", Bindable.listOf(String.class)).orElse(List.of());
        return new DnsNames(servers, TIMEOUT, BUDGET, System::nanoTime);
    }

    private static byte[] read(Path file) throws IOException {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IOException(file + " cannot be read: name a file that is there and that you may read");
        }
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than 256 MB: no mail is");
        }
        return Files.readAllBytes(file);
    }

    private void refuse(Exception e) {
        String.valueOf(e.getMessage()).lines().forEach(line -> desk.err().println("caravan: " + line));
    }

    private static String bare(String address) {
        String text = address.strip();
        return text.startsWith("<") && text.endsWith(">") ? text.substring(1, text.length() - 1) : text;
    }

    private void print(Path file, Report report) {
        if (files.size() > 1) {
            desk.out().println(file + ":");
        }
        line("spf", report.spf().result().word(), report.spf().domain(), report.spf().reason());
        if (!report.spf().explanation().isEmpty()) {
            desk.out().println("  says: " + printable(report.spf().explanation()));
        }
        line("dkim", Dkim.overall(report.dkim()).word(), "", "");
        for (Dkim.Verdict each : report.dkim()) {
            desk.out().println(printable("  %s d=%s s=%s a=%s".formatted(each.result().word(), each.domain(),
                    each.selector(), each.algorithm()) + (each.reason().isEmpty() ? "" : " (" + each.reason() + ")")));
        }
        line("dmarc", report.dmarc().result().word(), report.dmarc().recordAt().isEmpty()
                ? report.dmarc().author()
                : report.dmarc().author() + " p=" + report.dmarc().policy().word() + " disposition="
                        + report.dmarc().disposition().word() + " record=" + report.dmarc().recordAt(),
                report.dmarc().reason());
        line("arc", report.arc().result().word(),
                report.arc().sets() == 0 ? "" : "sets=" + report.arc().sets() + " d=" + report.arc().sealer(),
                report.arc().reason());
        desk.out().flush();
    }

    private void line(String check, String result, String facts, String reason) {
        desk.out().println(printable(check + "=" + result + (facts.isEmpty() ? "" : " " + facts)
                + (reason.isEmpty() ? "" : " (" + reason + ")")));
    }

    /** A mail may not write to the terminal of who looks at it. */
    private static String printable(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append("\\u%04x".formatted(c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
