package io.caravan.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
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
        List<String> unreadable = new ArrayList<>();
        CaravanProperties read = bind(environment, unreadable);
        problems.addAll(unreadable.isEmpty() ? SettingProblems.of(read) : unreadable);
        if (problems.isEmpty()) {
            return read;
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

    /** @param unreadable takes a sentence for each value that is none of its kind */
    private static CaravanProperties bind(ConfigurableEnvironment environment, List<String> unreadable) {
        ApplicationConversionService conversion = new ApplicationConversionService();
        conversion.addConverter(String.class, Rate.class, Rate::parse);
        conversion.addConverter(String.class, Share.class, Share::parse);
        conversion.addConverter(String.class, DataSize.class, Settings::size);
        return new Binder(ConfigurationPropertySources.get(attached(environment)),
                new PropertySourcesPlaceholdersResolver(environment),
                conversion).bindOrCreate("caravan", Bindable.of(CaravanProperties.class), new BindHandler() {
                    @Override
                    public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target,
                            BindContext context, Exception error) {
                        unreadable.add(sentence(name, target, context.getConfigurationProperty(), error));
                        return null; // go on: the next value may be wrong, too
                    }
                });
    }

    private static ConfigurableEnvironment attached(ConfigurableEnvironment environment) {
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    /** As people write sizes: {@code 64kB}, {@code 64 kB}, {@code 10MB}. */
    private static DataSize size(String text) {
        return DataSize.parse(text.replace(" ", "").toUpperCase(Locale.ROOT));
    }

    /** {@code none, required or verified}. */
    private static String words(Class<?> kind) {
        List<String> words = Arrays.stream(kind.getEnumConstants())
                .map(word -> word.toString().toLowerCase(Locale.ROOT)).toList();
        int last = words.size() - 1;
        return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    private static String sentence(ConfigurationPropertyName name, Bindable<?> target,
            @Nullable ConfigurationProperty property, Exception failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String written = property == null ? "" : "=" + property.getValue();
        String where = property == null || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        String why = String.valueOf(root.getMessage());
        if (why.startsWith("No enum constant")) {
            why = "write " + words(target.getType().toClass());
        }
        return name + written + where + " cannot be read: " + why.lines().findFirst().orElse("");
    }
}
