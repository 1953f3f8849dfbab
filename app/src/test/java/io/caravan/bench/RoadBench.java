package io.caravan.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.mail.internet.MimeMessage;

import org.junit.jupiter.api.Test;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.mail.javamail.MimeMessageHelper;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.StringTemplateResolver;

/**
 * The whole road, from the first claim to the last settled row, into {@code smtp-sink}: against {@code smtp-source -d}, which renders and
 * stores nothing, and against Spring's mail sender, which keeps no ledger. Contenders take turns in one run.
 */
class RoadBench {

    private static final int PEOPLE = Integer.getInteger("bench.people", 20_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int WARM_UP = 2;

    private final Figures figures = new Figures();

    @Test
    void road() throws Exception {
        Path message = message();
        try (Sink sink = new Sink();
                Product product = Product.before(sink, "512m")) {
            product.drop("one.csv", Letters.people(PEOPLE, 1));
            product.drop("many.csv", Letters.people(PEOPLE, 5_000));
            product.imported("one", PEOPLE);
            product.imported("many", PEOPLE);
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                boolean counts = round >= 0;
                source(sink, message, counts);
                caravan(product, sink, "one", round, counts);
                caravan(product, sink, "many", round, counts);
                spring(sink, counts);
                System.out.printf(Locale.ROOT, "round %d load %s%n", round, Ticks.load());
            }
            figures.print("the whole road, " + PEOPLE + " recipients, 20 connections, heap 512 MB");
            figures.ratio("caravan, one domain: mails/s", "smtp-source -d: mails/s");
            figures.ratio("caravan, 5,000 domains: mails/s", "caravan, one domain: mails/s");
            figures.ratio("caravan, one domain: mails/s", "JavaMailSender.send(array of 100): mails/s");
            figures.ratio("caravan, one domain: application + database us/mail", "smtp-source -d: client us/mail");
            System.out.printf(Locale.ROOT, "resident: application %d MB (peak %d), database %d MB%n",
                    product.application().residentMegabytes(),
                    product.application().peakMegabytes(), product.databaseServer().residentMegabytes());
        }
    }

    private void caravan(Product product, Sink sink, String list, int round, boolean counts) throws Exception {
        String name = "b-" + list + "-" + (round + WARM_UP);
        String title = list.equals("one") ? "caravan, one domain: " : "caravan, 5,000 domains: ";
        Files.writeString(product.data.resolve("drop/bench.html"), Letters.HTML);
        Files.writeString(product.data.resolve("drop/bench.txt"), Letters.TEXT);
        long before = product.application().micros();
        long databaseBefore = product.databaseServer().micros();
        long sinkBefore = new Ticks(sink.process.pid()).micros();
        product.drop(name + ".campaign.yaml", Letters.campaign(name, list + ".csv"));
        long run = product.finished(name);
        long accepted = product.number("select count(*) from delivery where state = 'accepted' and run_id = " + run);
        if (accepted != PEOPLE) {
            throw new IllegalStateException("run " + run + " accepted " + accepted + ":\n" + product.log());
        }
        long micros = product.number(
                "select timestampdiff(microsecond, min(claimed_at), max(closed_at)) from batch where run_id = " + run);
        if (counts) {
            double application = (double) (product.application().micros() - before) / PEOPLE;
            double database = (double) (product.databaseServer().micros() - databaseBefore) / PEOPLE;
            figures.add(title + "mails/s", PEOPLE * 1e6 / micros);
            figures.add(title + "application us/mail (planning, preflight too)", application);
            figures.add(title + "database us/mail (planning, preflight too)", database);
            figures.add(title + "application + database us/mail", application + database);
            figures.add(title + "sink us/mail",
                    (double) (new Ticks(sink.process.pid()).micros() - sinkBefore) / PEOPLE);
        }
    }

    private void source(Sink sink, Path message, boolean counts) throws Exception {
        long cpu = Ticks.selfAndChildrenMicros();
        long began = System.nanoTime();
        int exit = new ProcessBuilder(Sink.tool("smtp-source"), "-d", "-s", "20", "-m", Integer.toString(PEOPLE), "-F",
                message.toString(), "-f",
                "s@src.example", "-t", "r@dest.example", "-N", "127.0.0.1:" + sink.port).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException("smtp-source ended with " + exit);
        }
        if (counts) {
            figures.add("smtp-source -d: mails/s", PEOPLE * 1e9 / (System.nanoTime() - began));
            figures.add("smtp-source -d: client us/mail", (double) (Ticks.selfAndChildrenMicros() - cpu) / PEOPLE);
        }
    }

    private void spring(Sink sink, boolean counts) throws Exception {
        SpringTemplateEngine engine = new SpringTemplateEngine();
        StringTemplateResolver html = new StringTemplateResolver();
        html.setCacheable(true);
        html.setTemplateMode(TemplateMode.HTML);
        engine.setTemplateResolver(html);
        SpringTemplateEngine texts = new SpringTemplateEngine();
        StringTemplateResolver text = new StringTemplateResolver();
        text.setCacheable(true);
        text.setTemplateMode(TemplateMode.TEXT);
        texts.setTemplateResolver(text);
        Ticks self = new Ticks(ProcessHandle.current().pid());
        long cpu = self.micros();
        long began = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<Future<?>> all = new ArrayList<>();
            for (int from = 0; from < PEOPLE; from += 100) {
                int first = from;
                all.add(threads.submit(() -> {
                    sendHundred(sink, engine, texts, first);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        if (counts) {
            figures.add("JavaMailSender.send(array of 100): mails/s", PEOPLE * 1e9 / (System.nanoTime() - began));
            figures.add("JavaMailSender.send(array of 100): client us/mail", (double) (self.micros() - cpu) / PEOPLE);
        }
    }

    private static void sendHundred(Sink sink, SpringTemplateEngine engine, SpringTemplateEngine texts, int first)
            throws Exception {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(sink.port);
        MimeMessage[] mails = new MimeMessage[100];
        for (int i = 0; i < mails.length; i++) {
            int n = first + i;
            Context values = new Context(Locale.ROOT,
                    Map.of("first_name", "Ana" + n, "last_name", "Rossi" + n % 977, "city", "Turin", "plan", "gold",
                            "code", 100_000 + n, "shop", "Corso " + n % 83));
            mails[i] = sender.createMimeMessage();
            MimeMessageHelper helper = new MimeMessageHelper(mails[i], true, "UTF-8");
            helper.setFrom("news@src.example");
            helper.setTo("p" + n + "@dest.example");
            helper.setSubject(Letters.SUBJECT);
            helper.setText(texts.process(Letters.TEXT, values), engine.process(Letters.HTML, values));
        }
        sender.send(mails);
    }

    /** A ready-made mail of the size of ours. */
    private static Path message() throws IOException {
        Path file = Files.createTempFile(Path.of("target"), "message", ".txt");
        String head = "From: news@src.example\r\nTo: r@dest.example\r\nSubject: " + Letters.SUBJECT + "\r\nX-Filler: "
                + "x".repeat(400) + "\r\n\r\n";
        Files.writeString(file, head.replace("\r\n", "\n") + Letters.HTML + Letters.TEXT + "x".repeat(60) + "\n",
                StandardCharsets.US_ASCII);
        return file;
    }
}
