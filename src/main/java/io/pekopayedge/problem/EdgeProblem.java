package io.pekopayedge.problem;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Problem} on its way to the client. The detail is for a person and must hold nothing that a client sent and
 * nothing secret. Immutable; without a stack trace, because it is an answer, not a bug.
 */
public final class EdgeProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final String detail;
    private final @Nullable Duration retryAfter;
    private final @Nullable String allow;
    private final int upstreamStatus;
    private final boolean replayed;

    private EdgeProblem(Problem problem, String detail, @Nullable Duration retryAfter, @Nullable String allow) {
        this(problem, detail, retryAfter, allow, 0, false);
    }

    private EdgeProblem(
            Problem problem,
            String detail,
            @Nullable Duration retryAfter,
            @Nullable String allow,
            int upstreamStatus,
            boolean replayed) {
        super(problem.label() + ": " + detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.retryAfter = retryAfter;
        this.allow = allow;
        this.upstreamStatus = upstreamStatus;
        this.replayed = replayed;
    }

    /** The same, and what PekoPay's answer was: for the log, never for the client. */
    public EdgeProblem after(int status) {
        return new EdgeProblem(problem, detail, retryAfter, allow, status, replayed);
    }

    /** The same, for one who waited for another's answer: nothing was done for him. */
    public EdgeProblem again() {
        return new EdgeProblem(problem, detail, retryAfter, allow, 0, true);
    }

    /** The problem itself, or {@code internal-error} for whatever should not have happened. */
    public static EdgeProblem from(Throwable error) {
        return error instanceof EdgeProblem problem
                ? problem
                : of(Problem.INTERNAL_ERROR, "This is a fault of the gateway.");
    }

    public static EdgeProblem of(Problem problem, String detail) {
        return new EdgeProblem(problem, detail, null, null);
    }

    /** @param after rounded up to whole seconds, at least one, in {@code Retry-After} (RFC 9110 §10.2.3) */
    public static EdgeProblem retryLater(Problem problem, String detail, Duration after) {
        return new EdgeProblem(problem, detail, after, null);
    }

    /** @param allow the methods of {@code Allow} (RFC 9110 §10.2.1) */
    public static EdgeProblem methodNotAllowed(String allow) {
        return new EdgeProblem(Problem.METHOD_NOT_ALLOWED, "Use one of: " + allow + ".", null, allow);
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return detail;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    public @Nullable String allow() {
        return allow;
    }

    /** 0 where no upstream answered. */
    public int upstreamStatus() {
        return upstreamStatus;
    }

    /** Whether it is the answer to an earlier request, told once more. */
    public boolean replayed() {
        return replayed;
    }
}
