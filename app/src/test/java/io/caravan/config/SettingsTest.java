package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

import io.caravan.mail.Rate;
import io.caravan.transport.SpecialAddresses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsTest {

    @ParameterizedTest
    @CsvSource({"0, 256", "512, 256", "8192, 1024", "24000, 3000", "262144, 4096"})
    void theEmbeddedDatabaseTakesAnEighthOfTheMemoryWithinBounds(long memory, long pool) {
        assertThat(DatabaseAccess.bufferPool(DataSize.ofMegabytes(memory))).isEqualTo(DataSize.ofMegabytes(pool));
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        CaravanProperties settings = read();

        assertThat(settings.mode()).isEqualTo(CaravanProperties.Mode.SANDBOX);
        assertThat(settings.publicUrl()).isNull();
        assertThat(settings.helo()).isNull();
        assertThat(settings.bind()).isEmpty();
        assertThat(settings.identities()).isEmpty();
        assertThat(settings.data()).isEqualTo("./data");
        assertThat(settings.database())
                .isEqualTo(new CaravanProperties.Database(null, null, null, null, null,
                        DataSize.ofMegabytes(256)));
        assertThat(settings.relays()).isEmpty();
        assertThat(settings.routing().standard()).isNull();
        assertThat(settings.defaultRoute()).isEqualTo("mailbox");
        assertThat(settings.routing().domains()).isEmpty();
        assertThat(settings.dns().servers()).isEmpty();
        assertThat(settings.pacing()).isEqualTo(new CaravanProperties.Pacing(null, Map.of(), "./providers.yaml",
                new CaravanProperties.Slowing(new Share(0.5), new Share(0.05), Duration.ofSeconds(10),
                        Duration.ofMinutes(10)),
                Map.of()));
        assertThat(settings.queue()).isEqualTo(400);
        assertThat(settings.seam())
                .isEqualTo(new CaravanProperties.Seam("seda:batches", true, true, Duration.ofSeconds(60)));
        assertThat(settings.batches())
                .isEqualTo(new CaravanProperties.Batches(500, DataSize.ofMegabytes(64), Duration.ofSeconds(5), null));
        assertThat(settings.batches().atOnce()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(settings.sandbox().verified()).isEmpty();
        assertThat(settings.routes()).isEqualTo("./routes");
        assertThat(settings.templates()).isEqualTo("./templates");
        assertThat(settings.replies()).isEqualTo("./reply-rules.yaml");
        assertThat(settings.inbound().port()).isNull();
        assertThat(settings.submission().port()).isNull();
    }

    @Test
    void defaultBreakersAreThoseOfTheContract() {
        CaravanProperties.Breakers breakers = read().breakers();

        Rate trickle = Rate.parse("10/min");
        assertThat(breakers.bounce())
                .isEqualTo(new CaravanProperties.Breaker(new Share(0.05), 200, Duration.ofHours(24),
                        Duration.ofMinutes(30), trickle));
        assertThat(breakers.complaint())
                .isEqualTo(new CaravanProperties.Breaker(new Share(0.001), 2000, Duration.ofHours(24),
                        Duration.ofHours(24), trickle));
        assertThat(breakers.deferral())
                .isEqualTo(new CaravanProperties.Breaker(new Share(0.3), 200, Duration.ofMinutes(15),
                        Duration.ofMinutes(30), trickle));
    }

    @Test
    void defaultBoundsAndWaitsAreThoseOfTheContract() {
        CaravanProperties settings = read();

        assertThat(settings.intake())
                .isEqualTo(new CaravanProperties.Intake(DataSize.ofKilobytes(64), DataSize.ofMegabytes(1), 1000,
                        DataSize.ofGigabytes(4), 100));
        assertThat(settings.mail())
                .isEqualTo(new CaravanProperties.MailLimits(DataSize.ofKilobytes(512), DataSize.ofMegabytes(10), 50,
                        DataSize.ofKilobytes(64)));
        assertThat(settings.retention())
                .isEqualTo(new CaravanProperties.Retention(Duration.ofDays(400), Duration.ofDays(30),
                        Duration.ofDays(7), Duration.ofDays(90), Duration.ofDays(180)));
        assertThat(settings.retry())
                .isEqualTo(
                        new CaravanProperties.Retry(Duration.ofMinutes(5), 2, Duration.ofHours(4), Duration.ofDays(3)));
        assertThat(settings.mx()).isEqualTo(new CaravanProperties.Mx(25, 200, 100, Duration.ofMinutes(5),
                SpecialAddresses.REFUSE));
        assertThat(settings.dns()).isEqualTo(new CaravanProperties.Dns(List.of(), Duration.ofSeconds(5), 50_000));
        assertThat(settings.waits())
                .isEqualTo(new CaravanProperties.Waits(Duration.ofMinutes(10), Duration.ofSeconds(20),
                        Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofMinutes(1)));
    }

    @Test
    void defaultWaitsOfSmtpAreThoseOfItsStandard() { // RFC 5321 section 4.5.3.2
        CaravanProperties settings = read();

        assertThat(settings.smtp()).isEqualTo(new CaravanProperties.Smtp(Duration.ofSeconds(30), Duration.ofMinutes(5),
                Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(2), Duration.ofMinutes(3),
                Duration.ofMinutes(1)));
        assertThat(settings.waits().dotTimeout()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void defaultTlsTakesWhatIsOfferedAndObeysWhatIsPublished() {
        assertThat(read().tls()).isEqualTo(
                new CaravanProperties.Tls(CaravanProperties.TlsPolicy.OPPORTUNISTIC, Map.of(), null, true,
                        new CaravanProperties.MtaSts(true, Duration.ofSeconds(10), 443),
                        new CaravanProperties.TlsReports(false, null, null)));
    }

    @Test
    void readsATlsPolicyForADomain() {
        CaravanProperties settings = read("--caravan.tls.default=required",
                "--caravan.tls.domains.bank.example=verified");

        assertThat(settings.tls().standard()).isEqualTo(CaravanProperties.TlsPolicy.REQUIRED);
        assertThat(settings.tls().domains()).containsExactly(
                Map.entry("bank.example", CaravanProperties.TlsPolicy.VERIFIED));
    }

    @Test
    void springsOwnDefaultsAreThoseOfTheContract() {
        ConfigurableEnvironment environment = Settings.environment(List.of());

        assertThat(environment.getProperty("server.port")).isEqualTo("8080");
        assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.1");
        assertThat(environment.getProperty("camel.main.name")).isEqualTo("caravan");
        assertThat(environment.getProperty("spring.quartz.auto-startup")).isEqualTo("false");
        assertThat(environment.getProperty("management.endpoints.web.exposure.include"))
                .isEqualTo("health, prometheus, support");
        assertThat(environment.getProperty("spring.datasource.hikari.transaction-isolation"))
                .isEqualTo("TRANSACTION_READ_COMMITTED");
    }

    @Test
    void readsWhatAnOwnerWrites() {
        CaravanProperties settings = read("--caravan.mode=production",
                "--caravan.relays.main.uri=smtp://u:p%40x@mail.example:587?tls=required",
                "--caravan.relays.main.rate=100/s", "--caravan.relays.other.uri=smtps://mail.example",
                "--caravan.routing.default=relay:main,relay:other",
                "--caravan.routing.domains.example.org=mailbox",
                "--caravan.identities.shop.return_path=bounces.shop.example",
                "--caravan.identities.shop.dkim.selectors=s1,s2", "--caravan.pacing.overall=1000/s",
                "--caravan.pacing.providers.gmail.mx=google.com", "--caravan.breakers.bounce.threshold=7.5 %",
                "--caravan.intake.field=128 kB",
                "--caravan.retry.max_interval=6h");

        assertThat(settings.relays().get("main")).isEqualTo(
                new CaravanProperties.Relay("smtp://u:p%40x@mail.example:587?tls=required", 20, Rate.parse("100/s")));
        assertThat(settings.defaultRoute()).isEqualTo("relay:main,relay:other");
        assertThat(settings.routing().domains()).containsEntry("example.org", "mailbox");
        assertThat(settings.identities().get("shop").returnPath()).isEqualTo("bounces.shop.example");
        assertThat(settings.identities().get("shop").dkim().selectors()).containsExactly("s1", "s2");
        assertThat(settings.pacing().overall()).isEqualTo(Rate.parse("1000/s"));
        assertThat(settings.pacing().providers().get("gmail").connections()).isEqualTo(10);
        assertThat(settings.breakers().bounce().threshold().fraction()).isEqualTo(0.075);
        assertThat(settings.intake().field()).isEqualTo(DataSize.ofKilobytes(128));
        assertThat(settings.retry().maxInterval()).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void refusesSelectorsThatNoNameCanHold() {
        assertThatThrownBy(() -> read("--caravan.identities.shop.dkim.selectors=s1,S 2"))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("caravan.identities.shop.dkim.selectors: 'S 2' cannot be a selector");
    }

    @Test
    void namesEveryUnknownKeyAndTheNearestKnownOne() {
        assertThatThrownBy(() -> read("--caravan.pulic-url=https://x", "--caravan.relays.main.url=smtp://h",
                "--caravan.batches.sice=3"))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("caravan.pulic-url: did you mean caravan.public-url?")
                .hasMessageContaining("caravan.relays.main.url: did you mean caravan.relays.NAME.uri?")
                .hasMessageContaining("caravan.batches.sice: did you mean caravan.batches.size?");
    }

    @Test
    void unknownKeysInTheEnvironmentAreNamedAndKnownOnesCount() {
        ConfigurableEnvironment good = withVariables(
                Map.of("CARAVAN_QUEUE", "77", "CARAVAN_PUBLIC_URL", "https://a.example",
                        "CARAVAN_RELAYS_MAIN_URI", "smtp://h:25", "CARAVAN_TEST_DB_URL", "x",
                        "CARAVAN_SANDBOX_VERIFIED_0_", "example.com"));
        ConfigurableEnvironment bad = withVariables(Map.of("CARAVAN_QUEU", "77"));

        CaravanProperties settings = Settings.read(good);

        assertThat(settings.queue()).isEqualTo(77);
        assertThat(settings.publicUrl()).isEqualTo("https://a.example");
        assertThat(settings.relays()).containsKey("main");
        assertThatThrownBy(() -> Settings.read(bad)).hasMessageContaining("CARAVAN_QUEU: did you mean CARAVAN_QUEUE?");
    }

    @Test
    void leavesAnOwnersRoutePropertiesAlone() {
        assertThat(read("--routes.office.hours=9-17", "--caravan.queue=5").queue()).isEqualTo(5);
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        assertThatThrownBy(
                () -> read("--caravan.queue=0", "--caravan.batches.size=501", "--caravan.routing.default=relay:gone",
                        "--caravan.relays.main.uri=http://user:hunter2@x", "--caravan.retry.first=0s"))
                .hasMessageContaining("caravan.queue=0").hasMessageContaining("caravan.batches.size=501")
                .hasMessageContaining("'gone', which does not exist").hasMessageContaining("caravan.relays.main.uri")
                .hasMessageContaining("caravan.retry.first").message().doesNotContain("hunter2");
    }

    @Test
    void productionWithoutARelayGoesStraightToMailExchangers() {
        assertThat(read("--caravan.mode=production").defaultRoute()).isEqualTo("mx");
        assertThat(read("--caravan.routing.domains.[a.example]=mx").defaultRoute()).isEqualTo("mailbox");
    }

    @Test
    void refusesATableOfProvidersWithEverythingThatIsWrongInIt(@TempDir Path folder) throws IOException {
        Path table = Files.writeString(folder.resolve("p.yaml"), "a: {mx: one}\nb: {domain: [x]}\n");

        assertThatThrownBy(() -> read("--caravan.pacing.table=" + table)).isInstanceOf(StartRefused.class)
                .hasMessageContainingAll("caravan.pacing.table", "a.mx: write a list", "'domain' is not known");
    }

    @Test
    void refusesARouteThatIsNone() {
        assertThatThrownBy(
                () -> read("--caravan.routing.default=mx,relay:a", "--caravan.routing.domains.[b.example]=smtp",
                        "--caravan.dns.servers=dns.example", "--caravan.mx.port=0"))
                .isInstanceOf(StartRefused.class).hasMessageContainingAll("caravan.routing.default=mx,relay:a",
                        "caravan.routing.domains.b.example=smtp", "write mx, mailbox, relay:NAME",
                        "caravan.dns.servers: 'dns.example' is no address", "caravan.mx.port=0");
    }

    @Test
    void saysWhichValueCannotBeRead() {
        assertThatThrownBy(() -> read("--caravan.pacing.overall=fast")).hasMessageContaining("caravan.pacing.overall")
                .hasMessageContaining("'fast' is no rate");
        assertThatThrownBy(() -> read("--caravan.mode=sandbx")).hasMessageContaining("sandbox or production");
        assertThatThrownBy(() -> read("--caravan.mx.special-addresses=never")).hasMessageContaining("refuse or allow");
        assertThatThrownBy(() -> read("--caravan.tls.default=some"))
                .hasMessageContaining("none, opportunistic, required or verified");
    }

    @Test
    void theFileOfDefaultsNamesEveryKey() throws Exception {
        String file = new String(SettingsTest.class.getResourceAsStream("/application.yaml").readAllBytes());

        List<String> missing = new KnownKeys().all().stream()
                .map(key -> Arrays.stream(key.split("\\.")).filter(part -> !part.equals("NAME") && !part.equals("**"))
                        .collect(Collectors.toList()).getLast())
                .filter(last -> !file.contains(last + ":")).toList();

        assertThat(missing).isEmpty();
    }

    private static CaravanProperties read(String... arguments) {
        return Settings.read(Settings.environment(List.of(arguments)));
    }

    private static ConfigurableEnvironment withVariables(Map<String, Object> variables) {
        ConfigurableEnvironment environment = Settings.environment(List.of());
        environment.getPropertySources().replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new LinkedHashMap<>(variables)));
        return environment;
    }
}
