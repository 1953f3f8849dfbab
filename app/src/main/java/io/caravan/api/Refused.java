package io.caravan.api;

import java.util.List;
import java.util.function.Supplier;

import org.springframework.http.HttpStatus;

import io.caravan.mail.InvalidInput;
import io.caravan.mail.PermanentFault;

/** A request that is not done, as the problem that the answer will be: what was wrong with which field, all of it at once. */
public final class Refused extends PermanentFault {

    /**
     * @param field   of the body or the query; empty: the request as a whole
     * @param code    for programs: snake case
     * @param message for people: what is wrong, what to do
     */
    public record Fault(String field, String code, String message) {
    }

    private final transient HttpStatus status;
    private final transient List<Fault> faults;

    public Refused(HttpStatus status, List<Fault> faults) {
        super(String.join("\n", faults.stream().map(Fault::message).toList()));
        this.status = status;
        this.faults = List.copyOf(faults);
    }

    /** 404: {@code what} is a noun with its name, "campaign spring". */
    public static Refused unknown(String what) {
        return new Refused(HttpStatus.NOT_FOUND, List.of(new Fault("", "not_found", "there is no " + what)));
    }

    /** 400 for one field. */
    public static Refused field(String field, String code, String message) {
        return new Refused(HttpStatus.BAD_REQUEST, List.of(new Fault(field, code, message)));
    }

    /** 409: well formed, and not now. */
    public static Refused conflict(String code, String message) {
        return new Refused(HttpStatus.CONFLICT, List.of(new Fault("", code, message)));
    }

    /** Does it; what the rooms below find wrong and know no field of is wrong with this one. 422. */
    static <T> T about(String field, Supplier<T> work) {
        try {
            return work.get();
        } catch (InvalidInput e) {
            throw new Refused(HttpStatus.UNPROCESSABLE_CONTENT,
                    e.found().stream().map(problem -> fault(field, problem)).toList());
        }
    }

    /** @param field of a problem that knows none */
    static Fault fault(String field, InvalidInput.Problem problem) {
        return new Fault(problem.field().isEmpty() ? field : problem.field(), "invalid", problem.sentence());
    }

    HttpStatus status() {
        return status;
    }

    List<Fault> faults() {
        return faults;
    }
}
