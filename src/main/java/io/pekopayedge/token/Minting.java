package io.pekopayedge.token;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.pekopayedge.ledger.TokenLedger;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.meter.MintOutcome;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.token.MintFailure.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/**
 * Fills one tenant's reserve, and alone writes it: asks while fewer tokens are ready or on their way than are wanted, one
 * turn at a time by {@link MintPace}, as {@link Restraint} lets it. Any thread may call; state is guarded by this object's
 * lock, under which nothing blocks or calls out.
 */
final class Minting implements MintPace.Turn {
    /** What went wrong last. */
    record Failure(Instant at, String reason) {}

    /** One call, and what was so when it was made. */
    private record Asking(Tenant tenant, int edition, int round, long begun) {}

    private static final Logger LOG = LoggerFactory.getLogger(Minting.class);

    private final TokenReserve reserve;
    private final Mint mint;
    private final Restraint restraint;
    private final MintPace pace;
    private final TokenLedger ledger;
    private final EdgeMeters meters;
    private final EdgeClock clock;

    private Tenant tenant;
    private int underWay;
    private boolean gone;
    private long alarm;
    private boolean alarmSet;
    private @Nullable Failure lastFailure;

    Minting(
            Tenant tenant,
            TokenReserve reserve,
            Mint mint,
            Restraint restraint,
            MintPace pace,
            TokenLedger ledger,
            EdgeMeters meters,
            EdgeClock clock) {
        this.tenant = tenant;
        this.reserve = reserve;
        this.mint = mint;
        this.restraint = restraint;
        this.pace = pace;
        this.ledger = ledger;
        this.meters = meters;
        this.clock = clock;
    }

    /** Looks whether tokens are wanted, and stands in line if so. Cheap when not. */
    void wake() {
        if (wants()) {
            pace.line(this, reserve.urgent());
        }
    }

    @Override
    public boolean take() {
        Asking asking;
        synchronized (this) {
            if (!wants()) {
                return false;
            }
            underWay++;
            asking = new Asking(tenant, reserve.edition(), restraint.round(), clock.nanos());
        }
        ask(asking);
        wake();
        return true;
    }

    private synchronized boolean wants() {
        return !gone
                && underWay < restraint.mostAtATime()
                && restraint.pause().isZero()
                && reserve.wanted(underWay) > 0;
    }

    private void ask(Asking asking) {
        restraint
                .guard(mint.call(asking.tenant(), reserve.quiet()))
                .flatMap(this::unlessUseless)
                .switchIfEmpty(Mono.error(() -> new MintFailure(Reason.BROKEN, null)))
                .materialize()
                .subscribe(end -> ended(asking, end));
    }

    private Mono<SessionToken> unlessUseless(SessionToken token) {
        if (token.age(clock.nanos()) == SessionToken.Age.DEAD) {
            return Mono.error(new MintFailure(Reason.TIMEOUT, null)); // the process stood still meanwhile
        }
        return ledger.known(token.digest())
                .flatMap(known -> known ? Mono.error(new MintFailure(Reason.REPEATED_TOKEN, null)) : Mono.just(token));
    }

    private void ended(Asking asking, Signal<SessionToken> end) {
        synchronized (this) {
            underWay--;
        }
        SessionToken token = end.get();
        Throwable error = end.getThrowable();
        if (token != null) {
            count(asking, MintOutcome.OK);
            arrived(token, asking);
        } else if (error instanceof CallNotPermittedException) {
            restraint.cut();
        } else {
            MintFailure failure = error instanceof MintFailure known ? known : new MintFailure(Reason.BROKEN, null);
            count(asking, failure.outcome());
            failed(failure, asking);
        }
        wakeIn(restraint.pause());
        wake();
    }

    private void count(Asking asking, MintOutcome outcome) {
        meters.unasked(asking.tenant().id()).mint(outcome, clock.nanos() - asking.begun());
    }

    private void arrived(SessionToken token, Asking asking) {
        if (reserve.put(token, asking.edition())) {
            if (restraint.succeeded(asking.round())) {
                LOG.info("Minting works again tenant={}", asking.tenant().id());
            }
            if (restraint.hopeless()) {
                tellWaiters(); // it came so late that it opened the breaker
            }
        } else {
            // Without a pause, one token repeated for ever would be asked for at the full rate.
            failed(new MintFailure(Reason.REPEATED_TOKEN, null), asking);
        }
    }

    /** A token that the ledger turned down as handed out already: it is dropped, and counted like any failure. */
    void repeated() {
        Asking now;
        synchronized (this) {
            now = new Asking(tenant, reserve.edition(), restraint.round(), clock.nanos());
        }
        failed(new MintFailure(Reason.REPEATED_TOKEN, null), now);
        wakeIn(restraint.pause());
    }

    private void failed(MintFailure failure, Asking asking) {
        String id = asking.tenant().id();
        if (failure.reason() == Reason.REPEATED_TOKEN) {
            meters.unasked(id).tokenRepeated();
        }
        synchronized (this) {
            if (outdated(failure, asking)) {
                return;
            }
            boolean another = restraint.failing();
            restraint.failed(failure, asking.round());
            String reason = failure.reason().label();
            // Once per outage and reason, not once per call.
            if (!another || lastFailure == null || !lastFailure.reason().equals(reason)) {
                LOG.warn("Minting fails tenant={} reason={}", id, reason);
            }
            lastFailure = new Failure(clock.wall().instant(), reason);
        }
        tellWaiters();
    }

    /** Nobody waits for what cannot come in time. */
    private void tellWaiters() {
        reserve.failWaiters(
                restraint.hopeless() ? null : (Long) clock.nanosIn(restraint.pause()),
                restraint.unavailable(),
                underWay());
    }

    /** Whether it says nothing about the tenant as it is now: another address, another client, other credentials. */
    private boolean outdated(MintFailure failure, Asking asking) {
        return asking.edition() != reserve.edition()
                || (failure.reason() == Reason.CREDENTIALS_REFUSED && !samePairs(asking.tenant(), tenant));
    }

    private static boolean samePairs(Tenant one, Tenant other) {
        return one.credentials().equals(other.credentials())
                && Objects.equals(one.previousCredentials(), other.previousCredentials());
    }

    private void wakeIn(Duration pause) {
        if (pause.isZero()) {
            return;
        }
        synchronized (this) {
            long due = clock.nanosIn(pause);
            if (gone || (alarmSet && alarm - due <= 0)) {
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
        wakeIn(restraint.pause());
        wake();
    }

    /** Another version of the tenant: its credentials are tried at once; tokens of another address or client go. */
    void changed(Tenant now) {
        boolean elsewhere;
        boolean fresh;
        synchronized (this) {
            Tenant before = tenant;
            tenant = now;
            if (now.mintsElsewhereThan(before)) {
                reserve.clear();
            }
            elsewhere = !now.baseUrl().equals(before.baseUrl());
            fresh = elsewhere || !samePairs(now, before);
            reserve.settings(now.reserve());
        }
        if (fresh) {
            restraint.reset(elsewhere);
        }
        wake();
    }

    /** The tenant went, or nobody asked for so long: no more calls. */
    void close() {
        synchronized (this) {
            gone = true;
        }
        restraint.close();
    }

    synchronized @Nullable Failure lastFailure() {
        return lastFailure;
    }

    synchronized int underWay() {
        return underWay;
    }
}
