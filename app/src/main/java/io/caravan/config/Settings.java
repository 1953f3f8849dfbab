package io.caravan.config;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.unit.DataSize;

import io.caravan.mail.Rate;

/**
 * Reads {@link CaravanProperties} from an environment and refuses what is wrong in it, all at once. In Spring it runs before the first
 * bean is made (see {@code META-INF/spring.factories}), and gives the context the record as a bean.
 */
public final class Settings implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (!context.getBeanFactory().containsSingleton("caravanProperties")) {
            context.getBeanFactory().registerSingleton("caravanProperties", read(context.getEnvironment()));
        }
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    /**
     * The settings in force.
     *
     * @throws StartRefused with every problem, one a line
     */
    public static CaravanProperties read(ConfigurableEnvironment environment) {
        List<String> problems = new ArrayList<>(new KnownKeys().problems(environment));
        try {
            CaravanProperties read = bind(environment);
            problems.addAll(SettingProblems.of(read));
            if (problems.isEmpty()) {
                return read;
            }
        } catch (BindException e) {
            problems.add(sentence(e));
            throw new StartRefused(String.join("\n", problems), e);
        }
        throw new StartRefused(String.join("\n", problems));
    }

    /** The environment as Spring Boot would make it - files, variables, command line - without starting Spring. */
    public static ConfigurableEnvironment environment(List<String> arguments) {
        StandardEnvironment environment = new StandardEnvironment();
        if (!arguments.isEmpty()) {
            environment.getPropertySources()
                    .addFirst(new SimpleCommandLinePropertySource(arguments.toArray(String[]::new)));
        }
        ConfigDataEnvironmentPostProcessor.applyTo(environment);
        DefaultPropertiesPropertySource.moveToEnd(environment);
        return environment;
    }

    private static CaravanProperties bind(ConfigurableEnvironment environment) {
        ApplicationConversionService conversion = new ApplicationConversionService();
        conversion.addConverter(String.class, Rate.class, Rate::parse);
        conversion.addConverter(String.class, Share.class, Share::parse);
        conversion.addConverter(String.class, DataSize.class, Settings::size);
        return new Binder(ConfigurationPropertySources.get(attached(environment)),
                new PropertySourcesPlaceholdersResolver(environment),
                conversion).bindOrCreate("caravan", CaravanProperties.class);
    }

    private static ConfigurableEnvironment attached(ConfigurableEnvironment environment) {
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    /** As people write sizes: {@code 64kB}, {@code 64 kB}, {@code 10MB}. */
    private static DataSize size(String text) {
        return DataSize.parse(text.replace(" ", "").toUpperCase(java.util.Locale.ROOT));
    }

    private static String sentence(BindException failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Object value = failure.getProperty() == null ? null : failure.getProperty().getValue();
        String where = failure.getProperty() == null || failure.getProperty().getOrigin() == null
                ? ""
                : " (" + failure.getProperty().getOrigin() + ")";
        String why = String.valueOf(root.getMessage());
        if (why.startsWith("No enum constant")) {
            why = "write sandbox or production"; // the one key that is one of several words
        }
        return failure.getName() + (value == null ? "" : "=" + value) + where + " cannot be read: "
                + why.lines().findFirst().orElse("");
    }
}
