package io.caravan.rendering;

/**
 * Why a template cannot be rendered for a person.
 *
 * @param template  the template's file, or {@code subject}
 * @param line      the first is 1
 * @param attribute what is missing or unfit, as the template names it; {@code ""} if no single one is to blame
 * @param what      what is wrong and what to do, a sentence without the place
 */
public record Shortcoming(String template, int line, String attribute, String what) {

    @Override
    public String toString() {
        return template + ":" + line + ": " + what;
    }
}
