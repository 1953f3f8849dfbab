package io.caravan.api;

import java.util.ArrayList;
import java.util.List;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.HeaderParameter;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;

/** What an operation has because it is one of this API: refusals, the key against doing it twice, the words for cursors and limits. */
final class CommonParts {

    private CommonParts() {
    }

    static void add(HttpMethod method, Operation operation) {
        List<Parameter> parameters = operation.getParameters() == null
                ? new ArrayList<>()
                : new ArrayList<>(operation.getParameters());
        if (method == HttpMethod.POST) {
            parameters.add(new HeaderParameter().name(KeyedPosts.HEADER).required(false)
                    .schema(new StringSchema().maxLength(255)).description(
                            "your own name for this request, a UUID for example: sent again within 24 hours with the same key and body, it is done once and answered alike"));
        }
        parameters.forEach(CommonParts::describe);
        operation.setParameters(parameters.isEmpty() ? null : parameters);
        ApiResponses responses = operation.getResponses() == null ? new ApiResponses() : operation.getResponses();
        responses.addApiResponse("4XX", new ApiResponse().$ref("#/components/responses/Refused"));
        responses.addApiResponse("5XX", new ApiResponse().$ref("#/components/responses/Failed"));
        boolean pages = parameters.stream().anyMatch(each -> "cursor".equals(each.getName()));
        ApiResponse ok = responses.get("200");
        if (pages && ok != null) {
            ok.addHeaderObject("Link", new Header().schema(new StringSchema())
                    .description("<URI>; rel=\"next\", if there is more"));
        }
        operation.setResponses(responses);
    }

    private static void describe(Parameter parameter) {
        boolean silent = parameter.getDescription() == null;
        switch (parameter.getName()) {
            case "cursor" -> {
                if (silent) {
                    parameter.setDescription("next of the answer before; left out, the list begins");
                }
            }
            case "limit" -> {
                if (silent) {
                    parameter.setDescription("how many at most, 1 to 500; " + Slice.USUAL + " if left out");
                }
                if (parameter.getSchema() instanceof IntegerSchema limit) {
                    limit.minimum(java.math.BigDecimal.ONE).maximum(java.math.BigDecimal.valueOf(500));
                }
            }
            default -> {
                // its controller says what it is
            }
        }
    }
}
