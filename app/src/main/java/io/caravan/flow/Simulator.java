package io.caravan.flow;

import io.caravan.mail.BounceClass;
import io.caravan.mail.DeliveryResult;
import io.caravan.mail.EmailAddress;

/** The addresses {@code success@ bounce@ complaint@ ooto@ suppressionlist@simulator.caravan.test}: outcomes on demand, as the Amazon SES simulator's. */
final class Simulator {

    private Simulator() {
    }

    static DeliveryResult result(EmailAddress recipient) {
        String local = recipient.canonical().substring(0, recipient.canonical().indexOf('@'));
        int plus = local.indexOf('+');
        return switch (plus < 0 ? local : local.substring(0, plus)) {
            case "bounce" ->
                new DeliveryResult.Bounced(SendStep.SIMULATOR, "5.1.1", "550 5.1.1 user unknown", BounceClass.HARD);
            case "suppressionlist" -> new DeliveryResult.Bounced(SendStep.SIMULATOR, "5.1.1",
                    "550 5.1.1 the recipient is on the simulator's suppression list", BounceClass.HARD);
            case "complaint" -> new DeliveryResult.Complained(SendStep.SIMULATOR, "complaint from the simulator");
            case "success", "ooto" ->
                new DeliveryResult.Accepted(SendStep.SIMULATOR, "2.0.0", "250 2.0.0 accepted by the simulator");
            default -> new DeliveryResult.Bounced(SendStep.SIMULATOR, "5.1.1",
                    "550 5.1.1 the simulator has no such address", BounceClass.HARD);
        };
    }
}
