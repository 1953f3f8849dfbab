package io.caravan.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.DkimSettings;
import io.caravan.flow.DnsRecords;
import io.caravan.flow.PublishedRecords;
import io.caravan.mailauth.KeySeal;
import io.caravan.transport.Resolver;

/** What signing keys are kept with, for the server and for the verb alike. */
@Configuration(proxyBeanMethods = false)
class SigningWiring {

    /** After its last try a mail may lie in the queues of others, who verify it later (RFC 5321 section 4.5.4.1). */
    private static final Duration ELSEWHERE = Duration.ofDays(4);

    @Bean
    KeySeal keySeal(Secrets secrets) {
        return new KeySeal(secrets.secret());
    }

    @Bean
    PublishedRecords publishedRecords(CaravanProperties settings) {
        return new DnsRecords(resolver(settings, 0));
    }

    /** @param entries answers that it remembers */
    static Resolver resolver(CaravanProperties settings, int entries) {
        List<InetSocketAddress> servers = settings.dns().servers().stream().map(DnsServer::parse).toList();
        return new Resolver(servers, settings.dns().timeout(), entries, System::nanoTime);
    }

    @Bean
    DkimSettings dkimSettings(CaravanProperties settings) {
        Map<String, String> domains = new HashMap<>();
        Map<String, List<String>> selectors = new HashMap<>();
        settings.identities().forEach((name, identity) -> {
            String domain = identity.domain() == null ? name : identity.domain().toLowerCase(Locale.ROOT);
            domains.put(name, domain);
            selectors.put(domain, identity.dkim().selectors());
        });
        return new DkimSettings(domains, selectors, settings.waits().keyNotice(),
                settings.retry().expire(), ELSEWHERE);
    }
}
