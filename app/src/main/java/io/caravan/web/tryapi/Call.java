package io.caravan.web.tryapi;

import java.util.List;

/**
 * One operation, as it can be tried.
 *
 * @param id     its operationId
 * @param type   of the body that is sent; empty: there is none
 * @param body   an example to change; empty where the body is made of {@code parts}
 * @param parts  the fields of an upload
 * @param inputs path, query and header parameters
 */
record Call(String id, String method, String path, String tag, String summary, String description, List<Input> inputs,
        String type, String body, List<Part> parts) {

    /** @param where path, query or header */
    record Input(String name, String where, boolean required, String hint, String value) {
    }

    record Part(String name, boolean file) {
    }
}
