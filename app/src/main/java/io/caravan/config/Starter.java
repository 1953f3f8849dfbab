package io.caravan.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

import io.caravan.cli.Launcher;

/** Starts the two Spring contexts, after looking for what would make them fail with a page of noise. */
public final class Starter implements Launcher {

    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    // frameworks tell of a failed start at length; the command line says it in one sentence (all of it with --debug)
    private static final List<String> NOISE = List.of("org.springframework.boot.SpringApplication",
            "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
            "org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportLogger",
            "org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext",
            "org.springframework.context.annotation.AnnotationConfigApplicationContext",
            "org.springframework.boot.tomcat.servlet.DeferredServletContainerInitializers",
            "org.apache.catalina.core.StandardService", "org.apache.catalina.core.StandardServer",
            "org.apache.catalina.util.LifecycleBase",
            "com.zaxxer.hikari.pool.HikariPool", "org.apache.coyote.http11.Http11NioProtocol");

    private final Class<?> application;
    private final Check check;

    /** What is wrong with files and settings; {@code notes} is told what is no problem and worth knowing. */
    @FunctionalInterface
    public interface Check {
        List<String> problems(List<Path> paths, ConfigurableEnvironment environment, Consumer<String> notes);
    }

    /**
     * @param application the class that the whole application is scanned from
     * @param check       what is wrong with the files given, or with those that the server would use if none are given
     */
    public Starter(Class<?> application, Check check) {
        this.application = application;
        this.check = check;
    }

    @Override
    public ConfigurableApplicationContext application(List<String> properties, boolean web) {
        ConfigurableEnvironment environment = environment(properties);
        CaravanProperties settings = Settings.read(environment);
        EmbeddedDatabase.refuseIfServed(settings.dataFolder());
        if (web) {
            refuseIfTaken(environment);
        }
        SpringApplication spring = new SpringApplication(application);
        spring.setDefaultProperties(quiet(properties, Map.of()));
        // at once, but not before the log has its format; the database comes next and takes its time
        spring.addInitializers(_ -> LOG.info("event=starting data={} what=\"{}\"", settings.dataFolder().root(),
                Files.isDirectory(settings.dataFolder().db().resolve("data"))
                        || environment.containsProperty("caravan.database.url")
                                ? "the database is opened, then the routes start"
                                : "the first start here: a database is set up, which takes up to a minute"));
        if (!web) {
            spring.setWebApplicationType(WebApplicationType.NONE);
        }
        return spring.run(properties.toArray(String[]::new));
    }

    @Override
    public ConfigurableApplicationContext ledgers(List<String> properties) {
        SpringApplication spring = new SpringApplication(LedgerContext.class);
        spring.setWebApplicationType(WebApplicationType.NONE);
        spring.setLogStartupInfo(false);
        spring.setLazyInitialization(true);
        spring.setDefaultProperties(quiet(properties, Map.of("logging.level.root", "warn")));
        return spring.run(properties.toArray(String[]::new));
    }

    @Override
    public ConfigurableEnvironment environment(List<String> properties) {
        return Settings.environment(properties);
    }

    @Override
    public List<String> check(List<Path> paths, List<String> properties, Consumer<String> notes) {
        return check.problems(paths, environment(properties), notes);
    }

    @Override
    public Failure explain(Throwable failure) {
        return StartSentence.of(failure);
    }

    private static Map<String, Object> quiet(List<String> properties, Map<String, String> more) {
        Map<String, Object> defaults = new LinkedHashMap<>(more);
        if (!properties.contains("--debug")) {
            NOISE.forEach(name -> defaults.put("logging.level." + name, "off"));
        }
        return defaults;
    }

    /** @throws StartRefused if it is none */
    static int port(String written) {
        try {
            int port = Integer.parseInt(written.strip());
            if (port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new StartRefused("server.port=" + written + " is no port: write a number up to 65535", e);
        }
        throw new StartRefused("server.port=" + written + " is no port: write a number up to 65535");
    }

    /** Before the database and the routes are up, since it is soon known; the web server itself finds out only at the end. */
    private static void refuseIfTaken(ConfigurableEnvironment environment) {
        int port = port(environment.getProperty("server.port", "8080"));
        if (port <= 0) {
            return;
        }
        String address = environment.getProperty("server.address", "127.0.0.1");
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        } catch (java.net.BindException e) {
            throw String.valueOf(e.getMessage()).contains("in use")
                    ? new StartRefused(StartSentence.portTaken(port), e)
                    : new StartRefused("cannot listen on " + address + " port " + port + " (" + e.getMessage()
                            + "): check server.address and server.port", e);
        } catch (IOException e) {
            throw new StartRefused("cannot listen on " + address + " port " + port + " (" + e.getMessage()
                    + "): check server.address and server.port", e);
        }
    }
}
