package io.caravan.flow;

import java.time.Instant;

import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.stereotype.Component;

import io.caravan.mail.CampaignId;
import io.caravan.mail.TemporaryFault;
import io.caravan.scheduling.CampaignDue;

/** Brings a firing onto its route. A route that failed has handled the failure as a dead letter, but the firing must come again. */
@Component
class DueCampaigns implements CampaignDue {

    private final ProducerTemplate producer;

    DueCampaigns(ProducerTemplate producer) {
        this.producer = producer;
    }

    @Override
    public void due(CampaignId campaign, Instant scheduledFor) {
        Exchange done = producer.send("direct:campaign-due", exchange -> {
            exchange.getMessage().setBody(campaign.value());
            exchange.getMessage().setHeader("scheduledFor", scheduledFor);
        });
        Exception fault = done.getException() != null
                ? done.getException()
                : done.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
        if (fault != null) {
            throw new TemporaryFault("the firing of campaign " + campaign + " at " + scheduledFor + " was not taken: "
                    + fault.getMessage(), fault);
        }
    }
}
