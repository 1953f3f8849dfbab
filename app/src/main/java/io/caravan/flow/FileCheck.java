package io.caravan.flow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.caravan.intake.CampaignFile;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.TemporaryFault;

/** What {@code check} looks at: routes and campaign files with their templates and CSVs, every problem at once, without a database or Spring. */
public final class FileCheck {

    private static final Logger LOG = LoggerFactory.getLogger(FileCheck.class);

    private final RouteCheck routes;
    private final Path routesFolder;
    private final CampaignReader reader;
    private final CampaignTemplates templates;
    private final Path replyRules;
    private final CsvCheck csvs;

    /** @param notes is told of rows of a CSV that are left out when it is taken */
    public FileCheck(RouteCheck routes, Path routesFolder, CampaignReader reader, CampaignTemplates templates,
            Path replyRules, CsvLimits limits, Consumer<String> notes) {
        this.routes = routes;
        this.routesFolder = routesFolder;
        this.reader = reader;
        this.templates = templates;
        this.replyRules = replyRules;
        csvs = new CsvCheck(limits, notes);
    }

    /**
     * @param paths files or folders; empty: the routes and rules for replies that the server would load
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
                } else if (name.equals(ReplyRulesFile.NAME)) {
                    problems.addAll(ReplyRulesFile.problems(file));
                } else if (file.equals(path)) {
                    problems.add(file
                            + ":1: neither a route (.camel.yaml) nor a campaign file (.campaign.yaml) nor reply-rules.yaml;"
                            + " name one of these");
                }
            }
        }
        if (paths.isEmpty() && Files.exists(replyRules)) {
            problems.addAll(ReplyRulesFile.problems(replyRules));
        }
        if (paths.isEmpty() || !routeFiles.isEmpty()) {
            routes.check(routesFolder, routeFiles).forEach(problem -> problems.add(problem.toString()));
        }
        if (!campaigns.isEmpty()) {
            Set<String> workflows = workflows(routeFiles);
            campaigns.forEach(file -> problems.addAll(problems(file, workflows)));
        }
        return problems;
    }

    /** Those that there would be with these route files; what is wrong with a file is told elsewhere. */
    private Set<String> workflows(List<Path> routeFiles) {
        List<RouteFile> given = new ArrayList<>();
        for (Path file : routeFiles) {
            try {
                given.add(RouteFile.read(file));
            } catch (InvalidInput e) {
                LOG.debug("event=route-not-read file=\"{}\"", file, e);
            }
        }
        return routes.workflows(RouteFile.layered(RouteFile.layered(routesFolder), given));
    }

    private List<String> problems(Path campaign, Set<String> workflows) {
        try {
            CampaignParts parts = reader.read(campaign);
            List<String> problems = new ArrayList<>();
            Workflows.problems(parts, campaign, workflows).forEach(problem -> problems.add(problem.sentence()));
            List<String> faulty = templates.problems(parts.spec(), parts.files());
            faulty.forEach(problem -> problems.add(problem.startsWith("subject:")
                    ? campaign + ": " + problem
                    : problem));
            problems.addAll(csvs.problems(campaign, parts.spec(),
                    faulty.isEmpty() ? templates.compile(parts.spec(), parts.files()) : null));
            return problems;
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
