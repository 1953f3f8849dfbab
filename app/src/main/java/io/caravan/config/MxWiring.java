package io.caravan.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.ProviderFile;
import io.caravan.transport.Denials;
import io.caravan.transport.Dns;
import io.caravan.transport.MxRouting;
import io.caravan.transport.ProviderCheck;
import io.caravan.transport.Providers;
import io.caravan.transport.Providers.Rule;
import io.caravan.transport.Resolver;
import io.caravan.transport.Reuse;
import io.caravan.transport.TlsLog;
import io.caravan.transport.TlsPolicies;
import io.caravan.transport.Transport;

/** What delivering to mail exchangers is made of: the DNS, who the providers are, how many connections. */
@Configuration(proxyBeanMethods = false)
class MxWiring {

    @Bean
    Resolver dns(CaravanProperties settings) {
        return SigningWiring.resolver(settings, settings.dns().entries());
    }

    @Bean
    Denials denials(Resolver dns) {
        return dns.denials();
    }

    /** What is configured wins over the table, name by name. */
    @Bean
    Providers providers(CaravanProperties settings) {
        Map<String, Rule> table = new HashMap<>();
        List<Rule> packed = ProviderFile.read(Path.of(settings.pacing().table()));
        packed.forEach(rule -> table.put(rule.name(), rule));
        List<Rule> rules = new ArrayList<>();
        settings.pacing().providers().forEach((name, written) -> {
            Rule known = table.getOrDefault(name, new Rule(name, List.of(), List.of(), Providers.LARGE));
            rules.add(new Rule(name, both(written.mx(), known.mx()), both(written.domains(), known.domains()),
                    written.connections()));
        });
        packed.stream().filter(rule -> !settings.pacing().providers().containsKey(rule.name())).forEach(rules::add);
        return new Providers(rules);
    }

    private static List<String> both(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Bean
    MxRouting mxRouting(CaravanProperties settings, Dns dns, Providers providers) {
        return new MxRouting(dns, providers, settings.mx().specialAddresses(), System::nanoTime);
    }

    @Bean
    Transport.Mx mx(CaravanProperties settings, MxRouting routing, Dns dns, ProviderCheck check, TlsPolicies tls,
            TlsLog tlsLog) {
        CaravanProperties.Mx written = settings.mx();
        return new Transport.Mx(routing, dns, written.port(), written.connections(),
                new Reuse(written.messages(), written.age()), settings.waits().relayRest(), check, tls, tlsLog);
    }
}
