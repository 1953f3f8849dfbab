package io.caravan.api;

import java.util.Arrays;
import java.util.List;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

import io.caravan.api.LedgerShown.Mail;
import io.caravan.api.LedgerShown.Row;
import io.caravan.campaign.Campaigns;
import io.caravan.campaign.Run;
import io.caravan.campaign.Runs;
import io.caravan.delivery.RunPeople;
import io.caravan.flow.LedgerLine;
import io.caravan.flow.Why;
import io.caravan.mail.Keyed;
import io.caravan.mail.RowId;
import io.caravan.mail.RowState;
import io.caravan.mail.RunId;

/** The ledger of a run: a row for every recipient. */
@RestController
@RequestMapping("/api/v1/runs/{id}/ledger")
@Tag(name = "Runs")
class LedgerApi {

    private final Campaigns campaigns;
    private final Runs runs;
    private final RunPeople people;
    private final Why why;
    private final Keyed keyed;

    LedgerApi(Campaigns campaigns, Runs runs, RunPeople people, Why why, Keyed keyed) {
        this.campaigns = campaigns;
        this.runs = runs;
        this.people = people;
        this.why = why;
        this.keyed = keyed;
    }

    @GetMapping
    @Operation(summary = "The rows of a run, in the order of their numbers", operationId = "ledger", description = "A slice looks at 450 rows at most, so"
            + " with a filter it may be short, or empty, and still have a next: go on until next is null. With address the order is that of"
            + " the addresses.")
    ResponseEntity<Slice<Row>> rows(@PathVariable long id, @RequestParam(required = false) @Nullable String state,
            @RequestParam(defaultValue = "") String reason, @RequestParam(defaultValue = "") String address,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(defaultValue = Slice.USUAL) int limit) {
        Slice.reading(limit);
        Run run = found(id);
        List<String> after = Cursor.parts(cursor, 1);
        if (after != null && address.isBlank() && !after.getFirst().matches("\\d{1,9}")) {
            throw Refused.field("cursor", "invalid", "this cursor was not made by this list; leave it out");
        }
        RunPeople.Page page = people.page(run.id(),
                new RunPeople.Question(state == null ? null : state(state), address, reason, null),
                after == null ? null : after.getFirst(), limit);
        LedgerLine line = LedgerLine.of(campaigns, keyed, run);
        String next = page.next() == null ? null : Cursor.of(List.of(page.next()));
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (next != null) {
            answer.header(HttpHeaders.LINK, "<" + ServletUriComponentsBuilder.fromCurrentRequest()
                    .replaceQueryParam("cursor", next).build(true).toUriString() + ">; rel=\"next\"");
        }
        return answer.body(new Slice<>(page.rows().stream().map(row -> Row.of(row, line.messageId(row))).toList(),
                next));
    }

    /** @param row its number, or RUN.N as the row names itself */
    @GetMapping("/{row}")
    @Operation(summary = "One row with its attempts and the decision chain", operationId = "ledgerRow")
    Mail row(@PathVariable long id, @PathVariable String row) {
        Run run = found(id);
        String number = row.startsWith(id + ".") ? row.substring(row.indexOf('.') + 1) : row;
        if (!number.matches("\\d{1,9}")) {
            throw Refused.unknown("row " + row + " in run " + id);
        }
        return why.mail(new RowId(id, Integer.parseInt(number)))
                .map(mail -> Mail.of(mail, LedgerLine.of(campaigns, keyed, run).messageId(mail.row()),
                        why.attributes(mail)))
                .orElseThrow(() -> Refused.unknown("row " + row + " in run " + id));
    }

    private Run found(long id) {
        return runs.run(new RunId(id)).orElseThrow(() -> Refused.unknown("run " + id));
    }

    private static RowState state(String word) {
        return Arrays.stream(RowState.values()).filter(state -> state.word().equals(word)).findFirst()
                .orElseThrow(() -> Refused.field("state", "unknown", "there is no state '" + word
                        + "'; the states are " + String.join(", ",
                                Arrays.stream(RowState.values()).map(RowState::word).toList())));
    }
}
