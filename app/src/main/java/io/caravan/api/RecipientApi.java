package io.caravan.api;

import java.util.List;
import java.util.Map;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

import io.caravan.api.LedgerShown.Entry;
import io.caravan.api.LedgerShown.Mail;
import io.caravan.campaign.Campaign;
import io.caravan.campaign.Campaigns;
import io.caravan.flow.LedgerLine;
import io.caravan.flow.Why;
import io.caravan.flow.WhyMail;
import io.caravan.mail.EmailAddress;
import io.caravan.mail.InvalidInput;
import io.caravan.mail.Keyed;

/** Recipients, by their address: all that was decided about one. */
@RestController
@RequestMapping("/api/v1/recipients")
@Tag(name = "Recipients")
class RecipientApi {

    private static final int MOST = 50;

    private final Why why;
    private final Campaigns campaigns;
    private final Keyed keyed;

    RecipientApi(Why why, Campaigns campaigns, Keyed keyed) {
        this.why = why;
        this.campaigns = campaigns;
        this.keyed = keyed;
    }

    /**
     * @param address    canonical
     * @param known      whether a contact of this address was ever imported
     * @param attributes in force now
     * @param mails      the latest run first
     * @param next       the cursor of older mails; null: these are all
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @Schema(name = "Why")
    record WhyOf(String address, boolean known, Map<String, String> attributes, List<Entry> suppressions,
            List<Mail> mails, @Nullable String next) {
    }

    @GetMapping("/{address}/why")
    @Operation(summary = "The decision chain for one address, across runs, with evidence", operationId = "why", description = "404 if the address is in"
            + " no list, no run and no suppression.")
    WhyOf why(@PathVariable String address, @RequestParam(required = false) @Nullable String campaign,
            @RequestParam(required = false) @Nullable String cursor) {
        Why.Answer answer = why.of(parsed(address), only(campaign), Cursor.number(cursor, Long.MAX_VALUE), MOST);
        if (answer.isUnknown()) {
            throw Refused.unknown("recipient " + address + ": it is in no list, no run and no suppression");
        }
        return new WhyOf(answer.address(), answer.contact() != null, answer.attributes(),
                answer.suppressions().stream().map(Entry::of).toList(), answer.mails().stream().map(this::shown)
                        .toList(),
                answer.next() == null ? null : Cursor.of(List.of(answer.next().toString())));
    }

    private static EmailAddress parsed(String address) {
        try {
            return EmailAddress.parse(address);
        } catch (InvalidInput e) {
            throw new Refused(HttpStatus.BAD_REQUEST,
                    List.of(new Refused.Fault("address", "invalid", String.valueOf(e.getMessage()))));
        }
    }

    private @Nullable Campaign only(@Nullable String campaign) {
        return campaign == null
                ? null
                : campaigns.find(campaign).orElseThrow(() -> Refused.unknown("campaign " + campaign));
    }

    private Mail shown(WhyMail mail) {
        return Mail.of(mail, LedgerLine.of(campaigns, keyed, mail.run()).messageId(mail.row()),
                why.attributes(mail));
    }
}
