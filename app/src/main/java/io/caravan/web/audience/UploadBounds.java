package io.caravan.web.audience;

import java.nio.file.Path;

import jakarta.servlet.MultipartConfigElement;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.caravan.intake.CsvLimits;

/** Where a form's file goes while it comes in: to the data folder's disk from the first byte, never larger than the intake takes. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
class UploadBounds {

    private static final long FORM = 1 << 20;

    @Bean
    MultipartConfigElement multipartBounds(@Value("${caravan.data:./data}") String data, CsvLimits limits) {
        String folder = Path.of(data, "uploads").toAbsolutePath().toString(); // made at the start, with the data folder
        return new MultipartConfigElement(folder, -1, limits.unpacked() + FORM, 0); // the file alone: UploadJobs
    }
}
