package io.caravan.e2e;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.bind.annotation.RequestMethod;

import static org.assertj.core.api.Assertions.assertThat;

/** The document at /v3/api-docs is one that others can read, and says of every operation what it should. */
class OpenApiIT {

    @TempDir
    private static Path data;
    private static Server server;
    private static Programs program;
    private static HttpResponse<String> document;
    private static OpenAPI api;

    @BeforeAll
    static void start() throws Exception {
        server = Server.on(data).start();
        program = Programs.of(server);
        document = program.get("/v3/api-docs");
        assertThat(document.statusCode()).as(document.body()).isEqualTo(200);
        ParseOptions strict = new ParseOptions();
        strict.setResolve(true);
        SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(document.body(), null, strict);
        assertThat(parsed.getMessages()).isEmpty();
        api = parsed.getOpenAPI();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyRouteOfTheApiStandsInItAndNothingElse() {
        Set<String> routes = new TreeSet<>();
        server.routes().getHandlerMethods().keySet().forEach(route -> route.getPatternValues().stream()
                .filter(pattern -> pattern.startsWith("/api/v1/"))
                .forEach(pattern -> route.getMethodsCondition().getMethods()
                        .forEach(method -> routes.add(method + " " + pattern.replaceAll(":[^{}]*(\\{[^}]*})*", "")))));
        Set<String> described = new TreeSet<>();
        api.getPaths().forEach((path, item) -> item.readOperationsMap().keySet()
                .forEach(method -> described.add(RequestMethod.valueOf(method.name()) + " " + path)));

        assertThat(described).isEqualTo(routes).isNotEmpty();
    }

    @Test
    void everyOperationHasASummaryATagAndANameOfItsOwn() {
        SoftAssertions all = new SoftAssertions();
        Set<String> ids = new HashSet<>();
        forEach((name, operation) -> {
            all.assertThat(ids.add(operation.getOperationId())).as(name + ": " + operation.getOperationId()).isTrue();
            all.assertThat(operation.getOperationId()).as(name).matches("[a-z][A-Za-z0-9]*");
            all.assertThat(operation.getSummary()).as(name + " has a summary").isNotBlank();
            all.assertThat(operation.getTags()).as(name + " has a tag").isNotEmpty()
                    .noneMatch(tag -> tag.endsWith("-api") || tag.endsWith("-controller"));
        });
        all.assertAll();
    }

    @Test
    void everyOperationSaysHowItRefusesAndWhoMayCall() {
        assertThat(api.getComponents().getSecuritySchemes().get("token").getScheme()).isEqualTo("bearer");
        assertThat(api.getSecurity()).anyMatch(each -> each.containsKey("token"));
        assertThat(api.getInfo().getTitle()).isEqualTo("Caravan");
        assertThat(api.getInfo().getVersion()).isNotBlank();
        SoftAssertions all = new SoftAssertions();
        forEach((name, operation) -> {
            all.assertThat(operation.getResponses()).as(name).containsKeys("4XX", "5XX");
            all.assertThat(operation.getResponses().keySet()).as(name).anyMatch(code -> code.startsWith("2"));
            if (name.startsWith("POST ")) {
                all.assertThat(names(operation)).as(name).contains("Idempotency-Key");
            }
            if (givesASlice(operation)) { // a short list is given whole, and takes neither
                all.assertThat(names(operation).contains("limit")).as(name)
                        .isEqualTo(names(operation).contains("cursor"));
            }
            parameters(operation).stream().filter(each -> List.of("cursor", "limit").contains(each.getName()))
                    .forEach(each -> all.assertThat(each.getDescription()).as(name + " " + each.getName())
                            .isNotBlank());
        });
        all.assertAll();
    }

    @Test
    void namesStandInItAsTheyAreSent() {
        SoftAssertions all = new SoftAssertions();
        api.getComponents().getSchemas().forEach((name, schema) -> {
            Map<?, ?> properties = schema.getProperties() == null ? Map.of() : schema.getProperties();
            properties.keySet().forEach(
                    property -> all.assertThat(property.toString()).as(name).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
        });
        all.assertAll();
        assertThat(api.getComponents().getSchemas().get("CampaignAction").getProperties()).containsKey("dry_run");
    }

    private static boolean givesASlice(Operation operation) {
        ApiResponse ok = operation.getResponses().get("200");
        return ok != null && ok.getContent() != null && ok.getContent().values().stream().anyMatch(
                type -> type.getSchema() != null && String.valueOf(type.getSchema().get$ref()).contains("/Slice"));
    }

    @Test
    void thereAreListsAmongThem() {
        AtomicInteger lists = new AtomicInteger();
        forEach((_, operation) -> lists.addAndGet(givesASlice(operation) ? 1 : 0));

        assertThat(lists.get()).isGreaterThan(5);
    }

    private interface Look {
        void at(String name, Operation operation);
    }

    private static void forEach(Look look) {
        for (Map.Entry<String, PathItem> path : api.getPaths().entrySet()) {
            path.getValue().readOperationsMap()
                    .forEach((method, operation) -> look.at(method + " " + path.getKey(), operation));
        }
    }

    private static List<Parameter> parameters(Operation operation) {
        return operation.getParameters() == null ? new ArrayList<>() : operation.getParameters();
    }

    private static Set<String> names(Operation operation) {
        return parameters(operation).stream().map(Parameter::getName).collect(Collectors.toSet());
    }
}
