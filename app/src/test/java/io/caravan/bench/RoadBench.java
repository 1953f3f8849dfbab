package io.caravan.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.mail.internet.MimeMessage;

import org.jspecify.annotations.Nullable;
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

    private static final int PEOPLE = Rounds.people(20_000);
    private static final int WARM_UP = 10 * PEOPLE;
    private static final int SINGLE = Math.min(PEOPLE, 5_000); // a connection each: more would use up the ports
    private static final String ONE_DOMAIN = "caravan, one domain";
    private static final String MANY_DOMAINS = "caravan, 5,000 domains";
    private static final String SOURCE = "smtp-source -d";
    private static final String ARRAY = "JavaMailSender.send(array of 100)";
    private static final String ONE = "JavaMailSender.send(one)";

    @Test
    void road() throws Exception {
        Figures.take(RoadBench::measure);
    }

    static void measure(Figures figures) throws Exception {
        SmtpSource source = new SmtpSource();
        try (Sink sink = new Sink();
                Product product = Product.before(sink, "512m")) {
            product.drop("one.csv", Letters.people(PEOPLE, 1));
            product.drop("many.csv", Letters.people(PEOPLE, 5_000));
            product.drop("warm.csv", Letters.people(WARM_UP, 1));
            product.imported("one", PEOPLE);
            product.imported("many", PEOPLE);
            product.imported("warm", WARM_UP);
            Mailing.of(product, "warm", "warm", WARM_UP); // a JVM that runs for days has compiled what it needs
            Rounds.all((name, counts) -> {
                source.send(sink.port, 20, PEOPLE, counts ? figures : null);
                caravan(product, sink, name, "one", counts ? figures : null);
                caravan(product, sink, name, "many", counts ? figures : null);
                spring(ARRAY, PEOPLE, 100, sink, counts ? figures : null);
                spring(ONE, SINGLE, 1, sink, counts ? figures : null);
            });
            figures.print("the whole road, " + PEOPLE + " recipients, 20 connections, heap 512 MB");
            figures.bar(Bar.ROAD, ONE_DOMAIN + ": mails/s", SOURCE + ": mails/s");
            figures.ratio(MANY_DOMAINS + ": mails/s", ONE_DOMAIN + ": mails/s");
            figures.bar(Bar.SPRING_ARRAY, ONE_DOMAIN + ": mails/s", ARRAY + ": mails/s");
            figures.bar(Bar.SPRING_ONE, ONE_DOMAIN + ": mails/s", ONE + ": mails/s");
            figures.bar(Bar.ROAD_CPU, ONE_DOMAIN + ": application + database us/mail", SOURCE + ": client us/mail");
            System.out.printf(Locale.ROOT, "resident: application %d MB (peak %d), database %d MB%n",
                    product.application().residentMegabytes(),
                    product.application().peakMegabytes(), product.databaseServer().residentMegabytes());
        }
    }

    private static void caravan(Product product, Sink sink, String round, String list, @Nullable Figures figures)
            throws Exception {
        String title = list.equals("one") ? ONE_DOMAIN : MANY_DOMAINS;
        long before = new Ticks(sink.process.pid()).micros();
        Mailing mailing = Mailing.of(product, list + "-" + round, list, PEOPLE);
        if (figures != null) {
            mailing.into(figures, title);
            figures.add(title + ": sink us/mail", (double) (new Ticks(sink.process.pid()).micros() - before) / PEOPLE);
        }
    }

    /** @param atOnce mails that are handed to the sender together, and go over one connection */
    private static void spring(String title, int people, int atOnce, Sink sink, @Nullable Figures figures)
            throws Exception {
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
            for (int from = 0; from < people; from += atOnce) {
                int first = from;
                all.add(threads.submit(() -> {
                    sendSome(sink, engine, texts, first, atOnce);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        if (figures != null) {
            figures.add(title + ": mails/s", people * 1e9 / (System.nanoTime() - began));
            figures.add(title + ": client us/mail", (double) (self.micros() - cpu) / people);
        }
    }

    private static void sendSome(Sink sink, SpringTemplateEngine engine, SpringTemplateEngine texts, int first,
            int count) throws Exception {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(sink.port);
        MimeMessage[] mails = new MimeMessage[count];
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
}
