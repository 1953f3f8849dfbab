package io.caravan.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.springframework.core.env.ConfigurableEnvironment;

import io.caravan.flow.CampaignReader;
import io.caravan.flow.CampaignTemplates;
import io.caravan.flow.FileCheck;
import io.caravan.flow.RouteApi;
import io.caravan.flow.RouteCheck;
import io.caravan.flow.StoredTemplates;
import io.caravan.rendering.MailLimits;

/** The {@code check} verb's wiring: the settings, then the files, without a context. */
public final class Checking {

    private Checking() {
    }

    /** Every problem of the settings and of these files, or of the routes that a server would load if none are given. */
    public static List<String> problems(List<Path> paths, ConfigurableEnvironment environment) {
        return problems(paths, environment, _ -> {
        });
    }

    /** @param notes is told what is no problem and worth knowing: rows of a CSV that would be left out */
    public static List<String> problems(List<Path> paths, ConfigurableEnvironment environment,
            Consumer<String> notes) {
        CaravanProperties settings = Settings.read(environment);
        Starter.port(environment.getProperty("server.port", "8080"));
        RouteCheck routes = new RouteCheck(RouteApi.scanned(), RoadWiring.routeProperties(settings, environment));
        MailLimits limits = Bounds.mail(settings);
        CampaignReader reader = new CampaignReader(new StoredTemplates(settings.templates()), limits);
        List<String> problems = new ArrayList<>();
        PublicUrl.problem(settings, environment).ifPresent(problems::add);
        problems.addAll(new FileCheck(routes, Path.of(settings.routes()), reader, new CampaignTemplates(limits),
                Path.of(settings.replies()), Bounds.csv(settings), notes).problems(paths));
        return problems;
    }
}
