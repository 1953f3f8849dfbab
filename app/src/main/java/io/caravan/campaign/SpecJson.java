package io.caravan.campaign;

import java.util.LinkedHashMap;
import java.util.Map;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import io.caravan.mail.CampaignSpec;

/** A spec and its contents as JSON columns; what is read back equals what was written. */
final class SpecJson {

    private static final JsonMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // a newer version's spec, after a step back
            .build();

    private SpecJson() {
    }

    static String write(Object value) {
        return JSON.writeValueAsString(value);
    }

    static CampaignSpec spec(String json) {
        return JSON.readValue(json, CampaignSpec.class);
    }

    static Map<String, Long> contents(String json) {
        return JSON.readValue(json, new TypeReference<LinkedHashMap<String, Long>>() {
        });
    }
}
