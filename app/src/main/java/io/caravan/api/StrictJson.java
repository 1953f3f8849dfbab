package io.caravan.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.deser.ValueInstantiator;

import io.caravan.api.Refused.Fault;

/** Gathers every unknown key and every value of a wrong kind in a request's body, and refuses it with all of them. */
@RestControllerAdvice("io.caravan.api")
class StrictJson extends RequestBodyAdviceAdapter {

    private static final String READING = StrictJson.class.getName();

    @Override
    public boolean supports(MethodParameter parameter, Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        return converter.getName().contains("Json");
    }

    @Override
    public HttpInputMessage beforeBodyRead(HttpInputMessage input, MethodParameter parameter, Type type,
            Class<? extends HttpMessageConverter<?>> converter) throws IOException {
        byte[] body = input.getBody().readAllBytes();
        RequestContextHolder.currentRequestAttributes().setAttribute(READING, new JsonReading(body),
                RequestAttributes.SCOPE_REQUEST);
        return new HttpInputMessage() {
            @Override
            public InputStream getBody() {
                return new ByteArrayInputStream(body);
            }

            @Override
            public HttpHeaders getHeaders() {
                return input.getHeaders();
            }
        };
    }

    @Override
    public Object afterBodyRead(Object body, HttpInputMessage input, MethodParameter parameter, Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        List<Fault> faults = gathered();
        if (!faults.isEmpty()) {
            throw new Refused(HttpStatus.BAD_REQUEST, faults);
        }
        return body;
    }

    /** What was found in the body of this request until its reading ended. */
    static List<Fault> gathered() {
        JsonReading reading = reading();
        return reading == null ? List.of() : reading.faults();
    }

    /** Null: no body is being read. */
    private static @Nullable JsonReading reading() {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return request == null
                ? null
                : (JsonReading) request.getAttribute(READING, RequestAttributes.SCOPE_REQUEST);
    }

    /** Goes on after a fault, so that the next one is found, too. */
    static final class Gathering extends DeserializationProblemHandler {

        @Override
        public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
                ValueDeserializer<?> deserializer, Object bean, String name) {
            JsonReading reading = reading();
            if (reading == null) {
                return false;
            }
            Collection<Object> known = deserializer.getKnownPropertyNames();
            // the parser given may be one of set-aside keys, which does not know where it stands
            reading.unknownKey(context.getParser(), name,
                    known == null ? List.of() : known.stream().map(String::valueOf).toList());
            parser.skipChildren();
            return true;
        }

        @Override
        public Object handleWeirdStringValue(DeserializationContext context, Class<?> target, String value,
                String message) {
            return wrongType(context, target, "'" + value + "'");
        }

        @Override
        public Object handleWeirdNumberValue(DeserializationContext context, Class<?> target, Number value,
                String message) {
            return wrongType(context, target, value.toString());
        }

        @Override
        public Object handleUnexpectedToken(DeserializationContext context, JavaType target, JsonToken token,
                JsonParser parser, String message) {
            return skipped(wrongType(context, target.getRawClass(), words(token)), parser);
        }

        @Override
        public Object handleMissingInstantiator(DeserializationContext context, Class<?> target,
                ValueInstantiator instantiator, JsonParser parser, String message) {
            JsonToken token = parser == null ? null : parser.currentToken();
            return parser == null || token == null
                    ? NOT_HANDLED
                    : skipped(wrongType(context, target, words(token)), parser);
        }

        private static Object skipped(Object handled, JsonParser parser) {
            if (handled != NOT_HANDLED) {
                parser.skipChildren();
            }
            return handled;
        }

        private static String words(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "a list";
                case VALUE_TRUE, VALUE_FALSE -> token.asString();
                case VALUE_STRING -> "a text";
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
                default -> "something else";
            };
        }

        @SuppressWarnings("NullAway") // Jackson's contract: null stands for the value
        private static Object wrongType(DeserializationContext context, Class<?> target, String value) {
            JsonReading reading = reading();
            if (reading == null) {
                return NOT_HANDLED;
            }
            reading.wrongType(context.getParser(), target, value);
            return null;
        }
    }
}
