package io.caravan.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The OpenAPI document at {@code /v3/api-docs}: what all operations have in common, said once. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
class ApiDescription {

    static final String PROBLEM = "Problem";
    private static final String TOKEN = "token";

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info().title("Caravan").version(version()).license(new License().name("Apache-2.0")
                        .url("https://www.apache.org/licenses/LICENSE-2.0")).description(
                                """
                                Everything that the pages do, for programs. Times are RFC 3339 in UTC; names are snake_case; an unknown key or a \
                                parameter of a wrong kind is refused, with all that is wrong at once, as application/problem+json (RFC 9457). \
                                Lists give `items` and `next`: ask again with `cursor=NEXT` until there is none; nothing is lost or given twice \
                                while rows arrive. A POST with an `Idempotency-Key` may be sent again within 24 hours: it is done once."""))
                .components(new Components()
                        .addSecuritySchemes(TOKEN, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer")
                                .description("the token in keys/token of the data folder"))
                        .addSchemas("Fault", fault()).addSchemas(PROBLEM, problem())
                        .addResponses("Refused", refused("refused, with all that is wrong"))
                        .addResponses("Failed", refused("our fault; the log has it under the id in the answer")))
                .addSecurityItem(new SecurityRequirement().addList(TOKEN));
    }

    private static Schema<?> fault() {
        return new ObjectSchema().description("one thing that is wrong")
                .addProperty("field", new StringSchema().description("of the body or the query; empty: the whole"))
                .addProperty("code", new StringSchema().description("for programs"))
                .addProperty("message", new StringSchema().description("for people: what is wrong, what to do"))
                .required(List.of("field", "code", "message"));
    }

    private static Schema<?> problem() {
        return new ObjectSchema().description("RFC 9457")
                .addProperty("type", new StringSchema().format("uri"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema())
                .addProperty("instance", new StringSchema())
                .addProperty("errors", new ArraySchema().items(new Schema<>().$ref("#/components/schemas/Fault")))
                .required(List.of("title", "status", "errors"));
    }

    private static ApiResponse refused(String what) {
        return new ApiResponse().description(what).content(new Content().addMediaType("application/problem+json",
                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
    }

    /** {@code CampaignsApi.list} is {@code listCampaigns}: the same in every build, whatever else there is. */
    @Bean
    GlobalOperationCustomizer everyOperation() {
        return (operation, method) -> {
            Operation said = method.getMethodAnnotation(Operation.class);
            if (said != null && !said.operationId().isEmpty()) {
                return operation;
            }
            String resource = method.getBeanType().getSimpleName().replaceAll("(Api|Resource|Controller)$", "");
            String verb = method.getMethod().getName();
            operation.setOperationId(verb.toLowerCase(Locale.ROOT).endsWith(resource.toLowerCase(Locale.ROOT))
                    ? verb
                    : verb + resource);
            return operation;
        };
    }

    /** From a copy of the document's own mapper, so that names stand in it as they go over the wire. */
    @Bean
    ModelResolver namesAsSent(ObjectMapperProvider mappers) {
        return new ModelResolver(
                mappers.jsonMapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE))
                .openapi31(mappers.isOpenapi31());
    }

    @Bean
    GlobalOpenApiCustomizer everyPath() {
        return document -> {
            // relative to the document: it may be read through a proxy, by any name
            document.setServers(List.of(new Server().url("/").description("this installation")));
            document.getPaths().values().forEach(path -> path.readOperationsMap().forEach(CommonParts::add));
        };
    }

    private static String version() {
        Properties build = new Properties();
        try (InputStream in = ApiDescription.class.getResourceAsStream("/META-INF/build-info.properties")) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            build.clear();
        }
        return build.getProperty("build.version", "development");
    }
}
