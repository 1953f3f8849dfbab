package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.caravan.intake.CampaignFile;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;

/** What {@code check} looks at: routes and campaign files with their templates, every problem at once, without a database or Spring. */
public final class FileCheck {

    private final RouteCheck routes;
    private final Path routesFolder;
    private final CampaignReader reader;
    private final CampaignTemplates templates;

    public FileCheck(RouteCheck routes, Path routesFolder, CampaignReader reader, CampaignTemplates templates) {
        this.routes = routes;
        this.routesFolder = routesFolder;
        this.reader = reader;
        this.templates = templates;
    }

    /**
     * @param paths files or folders; empty: the routes that the server would load
     * @return {@code file:line: what; what to do}, empty if all is well
     */
    public List<String> problems(List<Path> paths) {
        List<Path> routeFiles = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<Path> campaigns = new ArrayList<>();
        for (Path path : paths) {
            for (Path file : files(path, problems)) {
                String name = DropNames.of(file);
                if (name.endsWith(RouteFile.ENDING)) {
                    routeFiles.add(file);
                } else if (name.endsWith(CampaignFile.ENDING)) {
                    campaigns.add(file);
                } else if (file.equals(path)) {
                    problems.add(file
                            + ":1: neither a route (.camel.yaml) nor a campaign file (.campaign.yaml); name one of these");
                }
            }
        }
        if (paths.isEmpty() || !routeFiles.isEmpty()) {
            routes.check(routesFolder, routeFiles).forEach(problem -> problems.add(problem.toString()));
        }
        campaigns.forEach(file -> problems.addAll(problems(file)));
        return problems;
    }

    private List<String> problems(Path campaign) {
        try {
            CampaignParts parts = reader.read(campaign);
            return templates.problems(parts.spec(), parts.files());
        } catch (InvalidInput e) {
            return e.problems();
        }
    }

    private static List<Path> files(Path path, List<String> problems) {
        if (!Files.exists(path)) {
            problems.add(path + ":1: there is no such file; correct the name");
            return List.of();
        }
        try (Stream<Path> all = Files.walk(path)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new TemporaryFault(path + " cannot be read: " + e.getMessage(), e);
        }
    }
}
