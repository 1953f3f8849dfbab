package io.caravan.e2e;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.caravan.campaign.Draft;
import io.caravan.campaign.Drafts;

import static org.assertj.core.api.Assertions.assertThat;

/** A draft whose stored text is no YAML is refused in words, by pages and API, and can be thrown away. */
class UnreadableDraftIT {

    @TempDir
    private Path data;

    private Server server;

    private HttpResponse<String> get(String path) throws Exception {
        return server.http.send(HttpRequest.newBuilder(server.base().resolve(path))
                .header("Authorization", "Bearer " + server.token()).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void everyPageOfItAndItsPreviewSayWhatIsWrongInWhichLineAndWhatToDo() throws Exception {
        server = Server.on(data).start();
        try {
            Draft kept = server.bean(Drafts.class).save(new Draft("torn", 0, 0, "name: torn\nsubject: [<b>open\n",
                    Map.of(), Instant.EPOCH)).orElseThrow();

            for (String page : new String[]{"edit/audience", "edit/content", "edit/schedule", "edit/review",
                    "edit/preflight", "preview"}) {
                HttpResponse<String> answer = get("/campaigns/torn/" + page);
                assertThat(answer.statusCode()).as(page).isEqualTo(422);
                assertThat(answer.body()).as(page).contains("the draft of campaign torn, line ", "throw it away",
                        "name=\"edit\" value=\"" + kept.edit() + "\"", "&lt;b&gt;open").doesNotContain("<b>open");
            }
            HttpResponse<String> api = get("/api/v1/campaigns/torn/preview?of=draft");
            assertThat(api.statusCode()).isEqualTo(422);
            assertThat(api.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
            assertThat(api.body()).contains("\"field\":\"draft\"", "the draft of campaign torn, line ",
                    "write it anew");

            assertThat(get("/campaigns/torn/edit/file").body()).isEqualTo(kept.source());
            HttpResponse<String> gone = server.http.send(HttpRequest
                    .newBuilder(server.base().resolve("/campaigns/torn/edit/discard"))
                    .header("Authorization", "Bearer " + server.token())
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("edit=" + kept.edit())).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(gone.statusCode()).isEqualTo(303);
            assertThat(server.bean(Drafts.class).find("torn")).isEmpty();
        } finally {
            server.close();
        }
    }
}
