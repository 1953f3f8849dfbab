package io.caravan.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.transport.Dns;
import io.caravan.transport.MtaSts;
import io.caravan.transport.StsMemory;
import io.caravan.transport.Tls;
import io.caravan.transport.TlsLog;
import io.caravan.transport.TlsPolicies;
import io.caravan.transport.Trust;

/** Which TLS whom we send to must have, and whose certificates count. */
@Configuration(proxyBeanMethods = false)
class TlsWiring {

    @Bean
    Trust trust(CaravanProperties settings) {
        String file = settings.tls().roots();
        return file == null ? Trust.OF_JAVA : Trust.and(certificates(Path.of(file)));
    }

    private static List<X509Certificate> certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toList();
            if (found.isEmpty()) {
                throw new StartRefused("caravan.tls.roots: there is no certificate in " + file);
            }
            return found;
        } catch (IOException | CertificateException e) {
            throw new StartRefused("caravan.tls.roots: " + file + " cannot be read as certificates in PEM: "
                    + e.getMessage(), e);
        }
    }

    @Bean
    TlsPolicies tlsPolicies(CaravanProperties settings, Dns dns, StsMemory memory, Trust trust, TlsLog log,
            InstantSource clock) {
        CaravanProperties.Tls written = settings.tls();
        CaravanProperties.MtaSts sts = written.mtaSts();
        Map<String, Tls> domains = written.domains().entrySet().stream()
                .collect(Collectors.toMap(one -> one.getKey().toLowerCase(Locale.ROOT), one -> tls(one.getValue())));
        MtaSts policies = sts.enabled()
                ? new MtaSts(dns, memory, trust, sts.port(), sts.timeout(), log, clock)
                : null;
        return new TlsPolicies(tls(written.standard()), domains, policies, written.dane() ? dns : null);
    }

    private static Tls tls(CaravanProperties.TlsPolicy written) {
        return switch (written) {
            case NONE -> Tls.NONE;
            case OPPORTUNISTIC -> Tls.OPPORTUNISTIC;
            case REQUIRED -> Tls.REQUIRED;
            case VERIFIED -> Tls.VERIFIED;
        };
    }
}
