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

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.flow.TlsReporting;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
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

    @Bean
    TlsReporting tlsReporting(CaravanProperties settings) {
        CaravanProperties.TlsReports written = settings.tls().reports();
        if (written.enabled() && written.from() == null) {
            throw new StartRefused(
                    "caravan.tls.reports.enabled needs caravan.tls.reports.from: write the address in whose"
                            + " name reports go, as in tls-reports@shop.example");
        }
        return new TlsReporting(written.enabled(), from(written.from()),
                written.organization() == null ? "" : written.organization(), settings.waits().tlsReports());
    }

    private static @Nullable EmailAddress from(@Nullable String written) {
        try {
            return written == null ? null : EmailAddress.parse(written);
        } catch (InvalidInput e) {
            throw new StartRefused("caravan.tls.reports.from: " + String.join(", ", e.problems()), e);
        }
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
