package io.pekopayedge.ledger;

import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeSettings.Charge;
import io.pekopayedge.settings.EdgeSettings.Charge.UnknownToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the memory ledger, with a lock of its own that is held for a microsecond or so. The state machine is
 * here; each method is one atomic change. {@code now} is the ticker's reading.
 */
final class Stripe {
    /** A charge that nobody ended counts as unknown so long after its time is up. */
    static final Duration MARGIN = Duration.ofSeconds(5);

    private static final int EXPIRED_PER_WRITE = 4;
    private static final Verdict SEND = new Verdict.Send();
    private static final Verdict RUNNING = new Verdict.Running();

    private final OpenCharges open;
    private final Shelves shelves;
    private final long keepFor;
    private final long longestRun;
    private final boolean forward;

    Stripe(Charge settings, OpenCharges open, AtRest atRest) {
        this.open = open;
        this.shelves = new Shelves(open, atRest);
        this.keepFor = settings.keepFor().toNanos();
        this.longestRun = settings.timeout().plus(MARGIN).toNanos();
        this.forward = settings.unknownToken() == UnknownToken.FORWARD;
    }

    synchronized boolean lease(Digest token, String tenant, @Nullable Digest flow, long until, long now) {
        if (shelves.has(token)) {
            return false;
        }
        shelves.put(new Lease(token, tenant, flow, until, true));
        shelves.expire(now, EXPIRED_PER_WRITE);
        return true;
    }

    synchronized boolean known(Digest token) {
        return shelves.has(token);
    }

    synchronized boolean unspent(Digest token, long now) {
        return shelves.get(token) instanceof Lease lease && lease.lives(now);
    }

    /**
     * @param wall milliseconds, for people to read
     * @throws EdgeProblem where there is no room for one more running charge
     */
    synchronized Verdict begin(Attempt attempt, long now, long wall) {
        Entry entry = current(attempt.token(), now);
        if (entry == null) {
            return attempt.leased() && !forward
                    ? new Verdict.Refuse(Problem.TOKEN_UNKNOWN)
                    : send(unleased(attempt, now), attempt, now, wall);
        }
        if (!entry.lease().admits(attempt)) {
            return new Verdict.Refuse(Problem.TOKEN_NOT_YOURS);
        }
        if (entry instanceof Lease) {
            return send(entry.lease(), attempt, now, wall);
        }
        if (entry instanceof Entry.Running run) {
            return run.request.equals(attempt.request()) ? RUNNING : new Verdict.Refuse(Problem.CHARGE_IN_PROGRESS);
        }
        if (entry instanceof Entry.Answered known && known.request().equals(attempt.request())) {
            return new Verdict.Replay(known.answer());
        }
        return new Verdict.Refuse(
                entry instanceof Entry.Unknown ? Problem.CHARGE_OUTCOME_UNKNOWN : Problem.TOKEN_SPENT);
    }

    synchronized void finish(Attempt attempt, Outcome outcome, long now) {
        Entry entry = current(attempt.token(), now);
        if (entry == null || !endsWith(entry, attempt, outcome)) {
            return;
        }
        if (outcome instanceof Outcome.Answered end) {
            shelves.put(answered(entry.lease(), attempt.request(), end.answer(), now));
        } else if (outcome instanceof Outcome.Free) {
            free(entry, now);
        } else if (entry instanceof Entry.Running run) {
            shelves.put(new Entry.Unknown(run, null, now + keepFor));
        } else if (entry instanceof Entry.Unknown unknown) {
            shelves.put(unknown.toAll());
        }
        shelves.expire(now, EXPIRED_PER_WRITE);
    }

    /**
     * Who sent it knows how it ended, even when its time was up before it could say so; nobody else does. And no token that
     * was charged is free, though an operator said so meanwhile.
     */
    private static boolean endsWith(Entry entry, Attempt attempt, Outcome outcome) {
        if (entry instanceof Lease) {
            return outcome instanceof Outcome.Answered;
        }
        return entry instanceof Entry.Running run
                ? run.attempt.equals(attempt.id())
                : entry instanceof Entry.Unknown unknown && attempt.id().equals(unknown.attempt);
    }

    /** Those whose outcome is unknown, oldest first. */
    synchronized List<Entry.Unknown> unknown() {
        return shelves.unknown();
    }

    /** Answers false where somebody else settled it. */
    synchronized boolean settle(Entry.Unknown entry, boolean charged, long now) {
        if (shelves.get(entry.lease().token()) != entry) {
            return false;
        }
        if (charged) {
            shelves.put(new Entry.Spent(entry.lease(), now + keepFor));
        } else {
            free(entry, now);
        }
        return true;
    }

    /** What one pass of {@link #sweep} found, for the log. */
    record Swept(List<Entry.Unknown> ended, List<Entry.Unknown> forgotten, boolean more) {}

    /** Ends what nobody ended and removes what has had its time, at most so much of each. */
    synchronized Swept sweep(long now, int most) {
        List<Entry.Unknown> ended = new ArrayList<>(0);
        for (Entry.Running run = shelves.longestRunning();
                run != null && ended.size() < most && now - run.until() >= 0;
                run = shelves.longestRunning()) {
            ended.add(giveUp(run, now));
        }
        List<Entry.Unknown> forgotten = new ArrayList<>(0);
        for (Entry.Unknown entry = shelves.oldestUnknown();
                entry != null && forgotten.size() < most && now - entry.until() >= 0;
                entry = shelves.oldestUnknown()) {
            shelves.remove(entry.lease());
            forgotten.add(entry);
        }
        boolean more = shelves.expire(now, most) || ended.size() == most || forgotten.size() == most;
        return new Swept(ended, forgotten, more);
    }

    /** The token's state now: a lease that is over is none, a charge that was never ended is unknown. */
    private @Nullable Entry current(Digest token, long now) {
        Entry entry = shelves.get(token);
        if (entry instanceof Lease lease && !lease.lives(now)) {
            shelves.remove(lease);
            return null;
        }
        return entry instanceof Entry.Running run && now - run.until() >= 0 ? giveUp(run, now) : entry;
    }

    private static Lease unleased(Attempt attempt, long now) {
        return new Lease(attempt.token(), attempt.tenant(), attempt.flow(), now, false);
    }

    private Verdict send(Lease lease, Attempt attempt, long now, long wall) {
        if (!open.admit(lease.tenant())) {
            throw EdgeProblem.retryLater(
                    Problem.LEDGER_UNAVAILABLE,
                    "Too many charges are under way, or wait to be settled.",
                    Duration.ofSeconds(5));
        }
        shelves.put(new Entry.Running(lease, attempt, wall, now + longestRun));
        return SEND;
    }

    private Entry.Unknown giveUp(Entry.Running run, long now) {
        Entry.Unknown unknown = new Entry.Unknown(run, run.attempt, now + keepFor);
        shelves.put(unknown);
        return unknown;
    }

    private void free(Entry entry, long now) {
        if (entry.lease().lives(now)) {
            shelves.put(entry.lease());
        } else {
            shelves.remove(entry.lease());
        }
    }

    private Entry answered(Lease lease, Digest request, Answer answer, long now) {
        return answer.body().length <= Answer.KEPT_BYTES
                ? new Entry.Answered(lease, request, AnswerBytes.of(answer), now + keepFor)
                : new Entry.Spent(lease, now + keepFor);
    }
}
