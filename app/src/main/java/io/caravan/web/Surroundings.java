package io.caravan.web;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page says of the installation. */
@ControllerAdvice
class Surroundings {

    private final boolean sandbox;

    Surroundings(@Value("${caravan.mode:sandbox}") String mode) {
        sandbox = !mode.equalsIgnoreCase("production");
    }

    @ModelAttribute("sandbox")
    boolean sandbox() {
        return sandbox;
    }
}
