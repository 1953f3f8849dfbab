package io.caravan.config;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.springframework.core.env.ConfigurableEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class PublicUrlTest {

    @Test
    void tellsThatNoRecipientReachesTheLinksOfMailThatLeaves() {
        assertThat(problem("--caravan.mode=production", "--server.port=8123")).get().asString()
                .startsWith("caravan.public-url is not set").contains("http://127.0.0.1:8123").contains("https://");
        assertThat(problem("--caravan.mode=production", "--caravan.public-url=http://mail.shop.example/")).get()
                .asString().startsWith("caravan.public-url=http://mail.shop.example is not https").contains("RFC 8058");

        assertThat(problem("--caravan.mode=production", "--caravan.public-url=https://mail.shop.example")).isEmpty();
        assertThat(problem("--caravan.mode=sandbox")).isEmpty();
    }

    @Test
    void checkTellsItToo() {
        ConfigurableEnvironment bad = Settings.environment(List.of("--caravan.mode=production"));

        assertThat(Checking.problems(List.of(), bad)).singleElement().asString()
                .startsWith("caravan.public-url is not set");
    }

    private static Optional<String> problem(String... arguments) {
        ConfigurableEnvironment environment = Settings.environment(List.of(arguments));
        return PublicUrl.problem(Settings.read(environment), environment);
    }
}
