package io.caravan.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.mail.RowState;
import io.caravan.mail.RunState;

import static org.assertj.core.api.Assertions.assertThat;

/** What a stranger makes of the document works: a client of theirs keeps a campaign, and it is sent. */
class GeneratedClientIT {

    /** As a developer would write it, with nothing but the generated names. */
    private static final String PROGRAM = """
            import client.*;
            import client.api.*;
            import client.model.*;
            import java.util.*;

            public class Shop {
                public static String run(String base, String token) throws Exception {
                    ApiClient http = new ApiClient();
                    http.updateBaseUri(base);
                    http.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
                    CampaignsApi campaigns = new CampaignsApi(http);
                    CampaignToKeep autumn = new CampaignToKeep()
                            .campaign(new HashMap<>(Map.of("name", "autumn", "from", "News <news@shop.example>", "subject", "Leaves",
                                    "text", "autumn.txt", "audience", Map.of("list", "readers"),
                                    "schedule", Map.of("at", "now"))))
                            .files(Map.of("autumn.txt", "Dear [[${first_name} ?: 'friend']], leaves fall.\\n"));
                    String first = campaigns.keepCampaign(autumn, "autumn-1").getChange();
                    String again = campaigns.keepCampaign(autumn, "autumn-1").getChange();
                    try {
                        campaigns.keepCampaign(autumn.putCampaignItem("subjet", "x"), "autumn-2");
                        return "not refused";
                    } catch (ApiException refused) {
                        return first + " " + again + " " + refused.getCode() + " " + refused.getResponseBody();
                    }
                }
            }
            """;

    @TempDir
    private Path data;
    @TempDir
    private Path client;

    @Test
    void aClientMadeFromTheDocumentSendsACampaign() throws Exception {
        try (Server server = Server.on(data).start()) {
            server.drop("readers.csv", Server.people(3, "readers.example"));
            server.awaitNote("readers.csv");
            Path document = Files.writeString(client.resolve("caravan.json"),
                    Programs.of(server).get("/v3/api-docs").body());

            String said = GeneratedClient.from(document, client.resolve("made")).run("Shop", PROGRAM,
                    server.base().toString(), server.token());

            assertThat(said).startsWith("created created 422 ").contains("subjet").contains("the nearest known key is");
            server.awaitRun("autumn", RunState.FINISHED);
            assertThat(server.counts("autumn")).isEqualTo(Map.of(RowState.ACCEPTED, 3L));
            assertThat(server.runs("autumn")).hasSize(1);
        }
    }
}
