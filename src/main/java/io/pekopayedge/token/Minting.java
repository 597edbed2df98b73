package io.pekopayedge.token;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.MintOutcome;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.token.MintFailure.Reason;
import io.pekopayedge.upstream.Breakers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Fills one tenant's reserve, and alone writes it: asks while fewer tokens are ready or on their way than are wanted, one
 * turn at a time by {@link MintPace}, pauses after failures and while the breaker is open. Any thread may call; state is
 * guarded by this object's lock, under which nothing blocks or calls out.
 */
final class Minting {
    /** What went wrong last. */
    record Failure(Instant at, String reason) {}

    private static final Logger LOG = LoggerFactory.getLogger(Minting.class);

    private static final Duration PROBE_PAUSE = Duration.ofMillis(50);

    private final TokenReserve reserve;
    private final Mint mint;
    private final Breakers.Guarded breaker;
    private final MintPace pace;
    private final TokenLedger ledger;
    private final EdgeMeters meters;
    private final EdgeSettings settings;
    private final EdgeClock clock;
    private final Backoff backoff;

    private Tenant tenant;
    private int epoch;
    private int underWay;
    private boolean inLine;
    private boolean gone;
    private long alarm;
    private boolean alarmSet;
    private @Nullable Failure lastFailure;

    Minting(
            Tenant tenant,
            TokenReserve reserve,
            Mint mint,
            Breakers.Guarded breaker,
            MintPace pace,
            TokenLedger ledger,
            EdgeMeters meters,
            EdgeSettings settings,
            EdgeClock clock) {
        this.tenant = tenant;
        this.reserve = reserve;
        this.mint = mint;
        this.breaker = breaker;
        this.pace = pace;
        this.ledger = ledger;
        this.meters = meters;
        this.settings = settings;
        this.clock = clock;
        this.backoff = new Backoff(settings.breaker().openFor(), clock);
    }

    /** Looks whether tokens are wanted, and stands in line if so. Cheap when not. */
    void wake() {
        synchronized (this) {
            if (inLine || !wants()) {
                return;
            }
            inLine = true;
        }
        pace.line(this::take, reserve.urgent());
    }

    private boolean take() {
        Tenant asking;
        int inEpoch;
        synchronized (this) {
            inLine = false;
            if (!wants()) {
                return false;
            }
            underWay++;
            asking = tenant;
            inEpoch = epoch;
        }
        ask(asking, inEpoch);
        wake();
        return true;
    }

    private boolean wants() {
        return !gone && underWay < mostAtATime() && pause().isZero() && reserve.wanted(underWay) > 0;
    }

    private int mostAtATime() {
        return switch (breaker.state()) {
            case OPEN, HALF_OPEN ->
                Math.min(settings.breaker().probes(), settings.mint().maxConcurrent());
            default -> backoff.failing() ? 1 : settings.mint().maxConcurrent();
        };
    }

    /** How long no call will be made; zero where one may be made now. */
    private Duration pause() {
        Duration open = breaker.openFor();
        Duration wait = backoff.left();
        return open.compareTo(wait) > 0 ? open : wait;
    }

    private void ask(Tenant asking, int inEpoch) {
        long begun = clock.nanos();
        breaker.guard(mint.call(asking))
                .flatMap(this::unlessRepeated)
                .subscribe(
                        token -> {
                            meters.of(asking.id()).mint(MintOutcome.OK, clock.nanos() - begun);
                            arrived(token, inEpoch);
                        },
                        error -> {
                            if (!(error instanceof CallNotPermittedException)) {
                                meters.of(asking.id()).mint(outcome(error), clock.nanos() - begun);
                            }
                            failed(error, asking, inEpoch);
                        });
    }

    private Mono<SessionToken> unlessRepeated(SessionToken token) {
        return ledger.known(token.digest())
                .flatMap(known -> known ? Mono.error(new MintFailure(Reason.REPEATED_TOKEN, null)) : Mono.just(token));
    }

    private void arrived(SessionToken token, int inEpoch) {
        boolean current;
        synchronized (this) {
            underWay--;
            current = inEpoch == epoch && !gone;
            if (current) {
                backoff.reset();
            }
        }
        if (current && !reserve.put(token)) {
            repeated();
        }
        wake();
    }

    /** A token that the ledger turned down as handed out already: dropped and counted. */
    void repeated() {
        meters.of(tenantNow().id()).tokenRepeated();
        LOG.warn(
                "PekoPay gave out a token twice tenant={}; it was dropped",
                tenantNow().id());
    }

    private void failed(Throwable error, Tenant asking, int inEpoch) {
        MintFailure failure = error instanceof MintFailure known ? known : new MintFailure(Reason.BROKEN, null);
        boolean cut = error instanceof CallNotPermittedException;
        synchronized (this) {
            underWay--;
            if (cut) {
                // Half open, and all probes are under way: their end decides, not another try at once.
                backoff.hold(PROBE_PAUSE);
            } else if (inEpoch == epoch) {
                backoff.failed(failure);
                if (lastFailure == null
                        || !lastFailure.reason().equals(failure.reason().label())) {
                    LOG.warn(
                            "Minting fails tenant={} reason={}",
                            asking.id(),
                            failure.reason().label());
                }
                lastFailure =
                        new Failure(clock.wall().instant(), failure.reason().label());
            }
        }
        if (!cut && failure.reason() == Reason.REPEATED_TOKEN) {
            meters.of(asking.id()).tokenRepeated();
        }
        long earliest = clock.nanosIn(pause());
        reserve.failWaiters(backoff.refused() ? Long.MAX_VALUE / 2 + clock.nanos() : earliest, unavailable());
        wakeIn(pause());
        wake();
    }

    /** Why a request that finds no ready token should not wait at all, or null if a token may come in time. */
    @Nullable
    EdgeProblem hopeless() {
        Duration pause = pause();
        boolean late = pause.compareTo(settings.mint().waitFor()) > 0 || (backoff.refused() && !pause.isZero());
        return late ? unavailable() : null;
    }

    /** What a request gets that had no token in time; {@code Retry-After} is when the next call may bring one. */
    EdgeProblem unavailable() {
        return backoff.refused()
                ? EdgeProblem.retryLater(
                        Problem.CREDENTIALS_REFUSED, "The shop's PekoPay credentials must be renewed.", pause())
                : EdgeProblem.retryLater(Problem.TOKEN_UNAVAILABLE, "Try again in a moment.", pause());
    }

    private void wakeIn(Duration pause) {
        if (pause.isZero()) {
            return;
        }
        synchronized (this) {
            long due = clock.nanosIn(pause);
            if (alarmSet && alarm - due <= 0) {
                return;
            }
            alarmSet = true;
            alarm = due;
        }
        clock.scheduler().schedule(this::alarmed, pause.toNanos() + 1, TimeUnit.NANOSECONDS);
    }

    private void alarmed() {
        synchronized (this) {
            alarmSet = false;
        }
        wakeIn(pause());
        wake();
    }

    /** Another version of the tenant: its credentials are tried at once; tokens of another address or client go. */
    void changed(Tenant now) {
        synchronized (this) {
            Tenant before = tenant;
            tenant = now;
            if (now.mintsElsewhereThan(before)) {
                epoch++;
                reserve.clear();
            }
            if (!now.credentials().equals(before.credentials())
                    || !java.util.Objects.equals(now.previousCredentials(), before.previousCredentials())
                    || !now.baseUrl().equals(before.baseUrl())) {
                backoff.reset();
            }
            reserve.settings(now.reserve());
        }
        wake();
    }

    /** The tenant went, or nobody asked for so long: no more calls, and whoever still waits is told. */
    void close(EdgeProblem told) {
        synchronized (this) {
            gone = true;
        }
        reserve.clear();
        reserve.failWaiters(Long.MAX_VALUE / 2 + clock.nanos(), told);
        breaker.close();
    }

    private synchronized Tenant tenantNow() {
        return tenant;
    }

    synchronized @Nullable Failure lastFailure() {
        return lastFailure;
    }

    synchronized int underWay() {
        return underWay;
    }

    /** When the next call may be made, or null if that is now. */
    @Nullable
    Instant nextCall() {
        Duration pause = pause();
        return pause.isZero() ? null : clock.wall().instant().plus(pause);
    }

    private static MintOutcome outcome(Throwable error) {
        if (error instanceof MintFailure failure) {
            return switch (failure.reason()) {
                case TIMEOUT -> MintOutcome.TIMEOUT;
                case CREDENTIALS_REFUSED -> MintOutcome.CREDENTIALS_REFUSED;
                default -> MintOutcome.ERROR;
            };
        }
        return MintOutcome.ERROR;
    }
}
