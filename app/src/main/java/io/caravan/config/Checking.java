package io.caravan.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        CaravanProperties settings = Settings.read(environment);
        Starter.port(environment.getProperty("server.port", "8080"));
        RouteCheck routes = new RouteCheck(RouteApi.scanned(), RoadWiring.routeProperties(settings, environment));
        MailLimits limits = Bounds.mail(settings);
        CampaignReader reader = new CampaignReader(new StoredTemplates(settings.templates()), limits);
        List<String> problems = new ArrayList<>();
        PublicUrl.problem(settings, environment).ifPresent(problems::add);
        problems.addAll(new FileCheck(routes, Path.of(settings.routes()), reader, new CampaignTemplates(limits),
                Path.of(settings.replies())).problems(paths));
        return problems;
    }
}
