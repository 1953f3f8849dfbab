package io.caravan.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.MultipartAutoConfiguration;
import org.springframework.boot.thymeleaf.autoconfigure.ThymeleafAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.core.env.MapPropertySource;

import io.caravan.TestDatabase;
import io.caravan.TestLedgers;
import io.caravan.flow.Sending;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mailbox.Kept;
import io.caravan.mailbox.MailSearch;
import io.caravan.mailbox.Mailbox;
import io.caravan.tracking.Unsubscribe;
import io.caravan.tracking.ViewedMail;

/** The doors on a real Tomcat and a real database; only what flow will give them is made up. */
public final class Site {

    public static final String TOKEN = "test-token-0123456789abcdefghijklmnopqrstuvwxyz";

    private final AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();
    public final URI base;
    public final HttpClient http = HttpClient.newHttpClient();

    private static final class Shared {
        static final Site SITE = new Site();
    }

    /** One for all test classes of a run; it goes with the process. */
    public static Site shared() {
        return Shared.SITE;
    }

    /** Without the application's own start: what it reads and launches is tested elsewhere. */
    private Site() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        context.getEnvironment().getPropertySources()
                .addFirst(new MapPropertySource("site", Map.of("server.port", "0", "server.address", "127.0.0.1")));
        context.register(Wiring.class);
        context.refresh();
        base = URI.create("http://127.0.0.1:" + context.getWebServer().getPort());
    }

    // no @Configuration: the whole application, started in a test, must not find it
    @ImportAutoConfiguration({TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
            WebMvcAutoConfiguration.class, ErrorMvcAutoConfiguration.class, ThymeleafAutoConfiguration.class,
            HttpEncodingAutoConfiguration.class, MultipartAutoConfiguration.class, SecurityAutoConfiguration.class,
            UserDetailsServiceAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
            SecurityFilterAutoConfiguration.class})
    @ComponentScan(basePackages = {"io.caravan.web", "io.caravan.tracking"}, excludeFilters = {
            @ComponentScan.Filter(type = FilterType.REGEX, pattern = ".*(Test|IT|Site)(\\$.*)?|.*(Message|Refused)Actions"),
            // the rooms of single subjects need ledgers and flow: they are tested with the whole server
            @ComponentScan.Filter(type = FilterType.REGEX, pattern = "io\\.caravan\\.web\\.(?!mailbox\\.)[a-z]+\\..*"),
            @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = {Overview.class, Unsubscribe.class,
                    ViewedMail.class})})
    static class Wiring {
        @Bean
        DataSource database() {
            return TestDatabase.fresh();
        }

        @Bean
        ApplicationContext ledgers(DataSource source) {
            return TestLedgers.on(source, InstantSource.system());
        }

        @Bean
        Mailbox mailbox(@Qualifier("ledgers") ApplicationContext ledgers) {
            return ledgers.getBean(Mailbox.class);
        }

        @Bean
        MailSearch mailSearch(@Qualifier("ledgers") ApplicationContext ledgers) {
            return ledgers.getBean(MailSearch.class);
        }

        /** A sandbox from which nobody may be mailed. */
        @Bean
        Sending sending() {
            return new Sending(true, Set.of(), Sending.MAILBOX, Map.of(), Map.of(), null, Map.of(), Map.of(), Map.of(),
                    "http://127.0.0.1:8080", 500, 1_500, 64 << 20, Duration.ofSeconds(5));
        }

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        AccessToken token() {
            return new AccessToken(TOKEN);
        }

        @Bean
        Keyed keyed() {
            return new Keyed(new byte[32]);
        }

        @Bean
        Runs runs() {
            return new Runs();
        }

        @Bean
        People people() {
            return new People();
        }
    }

    /** What flow says of the runs. */
    public static final class Runs implements Overview {
        public final List<RunLine> lines = new CopyOnWriteArrayList<>();
        public final List<Need> needs = new CopyOnWriteArrayList<>();
        public final AtomicInteger stamps = new AtomicInteger();
        public final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<RunLine> runs(int limit) {
            asked.incrementAndGet();
            return lines.stream().limit(limit).toList();
        }

        @Override
        public List<Need> needs() {
            return List.copyOf(needs);
        }

        @Override
        public List<Firing> firings(int limit) {
            return List.of();
        }

        @Override
        public String stamp() {
            stamps.incrementAndGet();
            return lines + "" + needs;
        }
    }

    /** What flow says of the people behind the links; rows 1 to 1,000 of run 7 are there. */
    public static final class People implements Unsubscribe, ViewedMail {
        public final Map<RowId, List<String>> acts = new ConcurrentHashMap<>();
        private final Set<RowId> off = ConcurrentHashMap.newKeySet();

        @Override
        public boolean unsubscribe(RowId row, String how) {
            acts.computeIfAbsent(row, _ -> new CopyOnWriteArrayList<>()).add(how);
            return off.add(row) || true;
        }

        @Override
        public Optional<Info> about(RowId row) {
            return row.run() != 7 || row.n() < 1 || row.n() > 1_000
                    ? Optional.empty()
                    : Optional.of(
                            new Info("<b>ana</b>" + row.n() + "@example.org", "Ana's <i>Shop</i>", off.contains(row)));
        }

        @Override
        public Optional<byte[]> html(RowId row) {
            return row.run() != 7
                    ? Optional.empty()
                    : Optional.of("<p>Grüße</p><script>document.title='ran'</script>".getBytes(StandardCharsets.UTF_8));
        }
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public String link(RowId row) {
        return bean(Keyed.class).token("unsubscribe", row);
    }

    /** Keeps a mail and says its id. */
    public long keep(int n, String recipient, String subject, String source) {
        Mailbox mailbox = bean(Mailbox.class);
        RowId row = new RowId(1, n);
        mailbox.keep(List.of(new Kept(row, "spring-2026", "b+1.x@bounces.shop.example", recipient,
                "Ana's Shop <news@shop.example>", subject,
                "<1." + n + ".abc@shop.example>",
                List.of(source.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8)), Instant.now())));
        return mailbox.find(row).orElseThrow().id();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Accept", "text/html");
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    /** As the owner, by the header. */
    public HttpResponse<String> owner(String path) throws Exception {
        return send(request(path).header("Authorization", "Bearer " + TOKEN));
    }

    /** The cookie that the printed link brings, {@code name=value}. */
    public String cookie() throws Exception {
        return get("/?token=" + TOKEN).headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
    }
}
