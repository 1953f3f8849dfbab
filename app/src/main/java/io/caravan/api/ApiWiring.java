package io.caravan.api;

import java.util.EnumSet;

import jakarta.servlet.DispatcherType;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.flow.NodeLife;
import io.caravan.intake.CsvLimits;
import io.caravan.nodes.KeyedRequests;

/** What stands before the controllers, and how JSON is read. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication // "once" runs without doors
class ApiWiring {

    @Bean
    FilterRegistrationBean<ErrorAnswers> errorAnswers(JsonMapper json, CsvLimits limits) {
        FilterRegistrationBean<ErrorAnswers> filter = new FilterRegistrationBean<>(new ErrorAnswers(json, limits));
        filter.setDispatcherTypes(EnumSet.of(DispatcherType.ERROR));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** After the doors: who is not let in uses up no key. */
    @Bean
    FilterRegistrationBean<KeyedPosts> keyedPosts(KeyedRequests requests, NodeLife life, JsonMapper json,
            CsvLimits limits) {
        FilterRegistrationBean<KeyedPosts> filter = new FilterRegistrationBean<>(
                new KeyedPosts(requests, life, new ErrorAnswers(json, limits)));
        filter.addUrlPatterns("/api/v1/*");
        filter.setOrder(Ordered.LOWEST_PRECEDENCE);
        return filter;
    }

    /** A misspelt key must not be silently without effect, nor one that comes twice. */
    @Bean
    JsonMapperBuilderCustomizer readStrictly() {
        return json -> json.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .addHandler(new StrictJson.Gathering());
    }
}
