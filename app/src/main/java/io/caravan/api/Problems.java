package io.caravan.api;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.BindException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.support.MissingServletRequestPartException;

import io.caravan.api.Refused.Fault;
import io.caravan.intake.CsvLimits;
import io.caravan.mail.InvalidInput;

/**
 * Every refusal as {@code application/problem+json} (RFC 9457) with {@code errors: [{field, code, message}]}, all of them. What fails
 * before a controller was found, or outside of all controllers, is answered alike by {@link ErrorAnswers}.
 */
@RestControllerAdvice("io.caravan.api")
@Order(Ordered.HIGHEST_PRECEDENCE) // before the pages' advice, which is for all controllers
class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final Fault tooLarge;

    Problems(CsvLimits limits) {
        tooLarge = ErrorAnswers.tooLarge(limits);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(Refused refused) {
        return problem(refused.status(), refused.faults());
    }

    /** What the rooms below say of bad input: each problem is a sentence. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(InvalidInput invalid) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT,
                invalid.found().stream().map(each -> new Fault(each.field(), "invalid", each.sentence())).toList());
    }

    @ExceptionHandler({CannotGetJdbcConnectionException.class, CannotCreateTransactionException.class,
            TransientDataAccessException.class, NonTransientDataAccessResourceException.class})
    ResponseEntity<ProblemDetail> databaseAway(Exception cause) {
        LOG.warn("request not served, the database does not answer: {}", cause.getMessage());
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).header(HttpHeaders.RETRY_AFTER, "5")
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(detail(HttpStatus.SERVICE_UNAVAILABLE, List.of(
                        new Fault("", "database_away", "the database does not answer; come again in a few seconds"))));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException unreadable) {
        return problem(HttpStatus.BAD_REQUEST,
                Stream.concat(StrictJson.gathered().stream(), Stream.of(JsonFaults.of(unreadable))).toList());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> wrongType(MethodArgumentTypeMismatchException wrong) {
        Class<?> type = wrong.getRequiredType();
        return problem(HttpStatus.BAD_REQUEST, List.of(new Fault(wrong.getName(), "wrong_type",
                wrong.getName() + " is '" + wrong.getValue() + "'; it must be " + JsonFaults.words(type))));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> missing(MissingServletRequestParameterException missing) {
        return problem(HttpStatus.BAD_REQUEST,
                List.of(new Fault(missing.getParameterName(), "required", missing.getParameterName() + " is missing")));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> missing(MissingServletRequestPartException missing) {
        return problem(HttpStatus.BAD_REQUEST, List.of(new Fault(missing.getRequestPartName(), "required",
                "the part " + missing.getRequestPartName() + " is missing")));
    }

    /** A body or a form that breaks its rules. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> breaksRules(BindException broken) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT,
                broken.getAllErrors().stream().map(each -> fault("", each)).toList());
    }

    /** Parameters that break theirs. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> breaksRules(HandlerMethodValidationException broken) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT, broken.getParameterValidationResults().stream()
                .flatMap(each -> each.getResolvableErrors().stream().map(error -> fault(name(each), error))).toList());
    }

    /** What fell on our side. What it was stands in the log, found by the id; nothing of it is told. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> others(Exception fault, HttpServletRequest request) {
        if (fault instanceof MaxUploadSizeExceededException) {
            return problem(HttpStatus.CONTENT_TOO_LARGE, List.of(tooLarge));
        }
        if (fault instanceof ErrorResponse known) {
            HttpStatus status = Objects.requireNonNullElse(HttpStatus.resolve(known.getStatusCode().value()),
                    HttpStatus.BAD_REQUEST);
            return ResponseEntity.status(status).headers(known.getHeaders())
                    .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                    .body(detail(status, List.of(ErrorAnswers.fault(status, request.getMethod(),
                            request.getRequestURI()))));
        }
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, List.of(unexpected(request.getMethod(),
                request.getRequestURI(), fault)));
    }

    /** Logs it under an id, and says the id. */
    static Fault unexpected(String method, String path, @Nullable Throwable fault) {
        String id = UUID.randomUUID().toString();
        LOG.error("event=request-failed id={} request=\"{} {}\"", id, method, path, fault);
        return new Fault("", "internal",
                "something went wrong here, and it is not your request's fault; the log has it as " + id);
    }

    private static Fault fault(String outer, MessageSourceResolvable error) {
        String field = error instanceof FieldError of ? of.getField() : outer;
        String rule = error instanceof ObjectError of ? of.getCode() : code(error);
        String name = snake(field);
        return new Fault(name, rule == null ? "invalid" : snake(rule),
                (name.isEmpty() ? "this" : name) + " " + error.getDefaultMessage());
    }

    private static @Nullable String code(MessageSourceResolvable error) {
        String[] codes = error.getCodes();
        return codes == null || codes.length == 0 ? null : codes[codes.length - 1];
    }

    private static String name(ParameterValidationResult result) {
        String name = result.getMethodParameter().getParameterName();
        return name == null ? "" : name;
    }

    /** As the JSON has it. */
    private static String snake(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private static ResponseEntity<ProblemDetail> problem(HttpStatus status, List<Fault> faults) {
        return ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(detail(status, faults));
    }

    static ProblemDetail detail(HttpStatus status, List<Fault> faults) {
        ProblemDetail detail = ProblemDetail.forStatusAndDetail(status,
                faults.size() == 1 ? faults.getFirst().message() : faults.size() + " things are wrong, see errors");
        detail.setProperty("errors", faults);
        return detail;
    }
}
