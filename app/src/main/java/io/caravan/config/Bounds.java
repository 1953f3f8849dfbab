package io.caravan.config;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.intake.CsvLimits;
import io.caravan.rendering.MailLimits;

/** How large what is dropped and what is sent may be, as configured: the same for the server, a dry run and {@code check}. */
@Configuration(proxyBeanMethods = false)
class Bounds {

    @Bean
    CsvLimits csvLimits(CaravanProperties settings) {
        return csv(settings);
    }

    static CsvLimits csv(CaravanProperties settings) {
        CaravanProperties.Intake intake = settings.intake();
        return new CsvLimits((int) intake.field().toBytes(), (int) intake.record().toBytes(), intake.columns(),
                intake.unpacked().toBytes(), intake.ratio(), (int) settings.mail().attributes().toBytes());
    }

    @Bean
    MailLimits mailLimits(CaravanProperties settings) {
        return mail(settings);
    }

    static MailLimits mail(CaravanProperties settings) {
        CaravanProperties.MailLimits mail = settings.mail();
        MailLimits rest = MailLimits.DEFAULT;
        return new MailLimits((int) mail.template().toBytes(), (int) mail.size().toBytes(), mail.attachments(),
                rest.elements(), rest.nesting(), rest.loops(), rest.time());
    }
}
