package io.caravan.flow;

import java.util.List;
import java.util.regex.Pattern;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Builds the routes in a throwaway context, in which bean names are bound to objects that have the right methods and are never called.
 * Nothing is started: no file is looked at, no tick is heard.
 */
final class RouteTrial {

    private RouteTrial() {
    }

    static void run(List<RouteFile> files, RouteApi api, RouteProperties properties, List<RouteProblem> problems) {
        try (CamelContext context = new DefaultCamelContext()) {
            context.setAutoStartup(false);
            context.setLoadTypeConverters(false);
            context.disableJMX();
            context.addComponent(RoutePulse.NAME, RoutePulse.component(false));
            api.standIns().forEach(context.getRegistry()::bind);
            context.getPropertiesComponent().addPropertiesSource(source(properties));
            context.start();
            for (RouteFile file : files) { // in the order of their names: 00-failures comes first
                build(context, file, problems);
            }
        } catch (Exception e) {
            throw new IllegalStateException("the routes cannot be tried: Camel does not start (" + e.getMessage() + ")",
                    e);
        }
    }

    private static void build(CamelContext context, RouteFile file, List<RouteProblem> problems) {
        try {
            PluginHelper.getRoutesLoader(context).loadRoutes(resource(file));
        } catch (Exception e) {
            problems.add(problem(file, e));
        }
    }

    static org.apache.camel.spi.Resource resource(RouteFile file) {
        return ResourceHelper.fromString(file.name(), file.text());
    }

    /** The innermost reason, and the line of the route that it speaks of. */
    static RouteProblem problem(RouteFile file, Exception fault) {
        Throwable inner = fault;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        String reason = String.valueOf(inner.getMessage() == null ? inner : inner.getMessage());
        return new RouteProblem(file.shown(), line(file, fault),
                "the route cannot be built: " + RouteWords.cut(reason.lines().findFirst().orElse(""), 300),
                "put this step right");
    }

    private static int line(RouteFile file, @Nullable Throwable fault) {
        List<String> lines = file.text().lines().toList();
        for (Throwable at = fault; at != null; at = at.getCause()) {
            for (int i = 0; i < lines.size(); i++) {
                String id = lines.get(i).strip().replaceFirst("^id:\\s*", "");
                if (lines.get(i).strip().startsWith("id:") && !id.isEmpty()
                        && Pattern.compile("\\b" + Pattern.quote(id) + "\\b").matcher(String.valueOf(at.getMessage()))
                                .find()) {
                    return i + 1;
                }
            }
        }
        List<String> ids = lines.stream().filter(l -> l.matches(" {4}id:.*")).toList();
        return ids.size() == 1 ? lines.indexOf(ids.getFirst()) + 1 : 1;
    }

    private static PropertiesSource source(RouteProperties properties) {
        return new PropertiesSource() {
            @Override
            public String getName() {
                return "configuration";
            }

            @Override
            public @Nullable String getProperty(String key) {
                String value = properties.value(key);
                boolean remote = key.equals("caravan.seam.batches") && value != null && !value.startsWith("seda:");
                return remote ? "stub:batches" : value; // takes any option, and needs no broker
            }
        };
    }
}
