package io.pekopayedge.ledger;

import static io.pekopayedge.ledger.Charges.FLOW;
import static io.pekopayedge.ledger.Charges.LIFE;
import static io.pekopayedge.ledger.Charges.OTHER_FLOW;
import static io.pekopayedge.ledger.Charges.browser;
import static io.pekopayedge.ledger.Charges.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.pekopayedge.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Random walks of (lease, click, fault, restart, expire, settle) over a ledger, beside a model that says what each step
 * must bring. Whatever the walk: a token whose charge may have had an effect is never sent again unless an operator or
 * its own sender says that it had none; an answer is told to its own flow and tenant alone; what is unknown stays so until
 * one of the two says what it was.
 */
abstract class LedgerModel {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int STEPS = 60;

    private enum State {
        NONE,
        LEASED,
        RUNNING,
        ANSWERED,
        UNKNOWN,
        SPENT
    }

    /** What the model knows of one token. */
    private static final class Known {
        final Digest token = Charges.token(UUID.randomUUID());
        final String tenant;
        final Digest flow;
        State state = State.NONE;
        boolean handedOut;
        boolean lives = true;
        /** Unknown because its time was up: its sender may still say how it ended. */
        boolean overdue;

        boolean mayHaveHadAnEffect;
        int sends;
        Attempt running;
        Digest request;
        Answer answer;

        Known(String tenant, Digest flow) {
            this.tenant = tenant;
            this.flow = flow;
        }
    }

    private Random random;
    private List<Known> tokens;
    private int replays;
    private int sends;

    abstract TokenLedger ledger();

    /** All charges that run now are past their time: their replica is dead. */
    abstract void runsAreOver(List<Digest> running);

    /** All tokens are past their life. */
    abstract void livesAreOver(List<Digest> known);

    /** The process ends and starts again. Answers whether its records outlive that. */
    abstract boolean restart();

    abstract int walks();

    @Test
    void randomWalks_keepTheInvariants() {
        for (int walk = 0; walk < walks(); walk++) {
            long seed = Long.getLong("chaos.seed", 4711L) + walk;
            random = new Random(seed);
            tokens = List.of(new Known("acme", FLOW), new Known("acme", null), new Known("bistro", OTHER_FLOW));
            List<String> steps = new ArrayList<>();
            try {
                for (int step = 0; step < STEPS; step++) {
                    steps.add(step());
                }
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", steps " + steps, e);
            }
        }
        assertThat(sends).isGreaterThan(walks());
        assertThat(replays).isGreaterThan(walks() / 4);
        System.out.println(getClass().getSimpleName() + ": " + walks() + " walks of " + STEPS + " steps, " + sends
                + " sent, " + replays + " replayed: every invariant held");
    }

    private String step() {
        Known known = tokens.get(random.nextInt(tokens.size()));
        int kind = random.nextInt(100);
        if (kind < 20) {
            lease(known);
            return "lease";
        }
        if (kind < 65) {
            return "click " + click(known);
        }
        if (kind < 85) {
            return "end " + end(known);
        }
        if (kind < 93) {
            return "settle " + settle(known);
        }
        if (kind < 96) {
            overdue();
            return "time-out";
        }
        if (kind < 98) {
            die();
            return "tokens die";
        }
        if (!restart()) {
            tokens.forEach(each -> become(each, State.NONE));
        }
        return "restart";
    }

    private void lease(Known known) {
        if (known.state != State.NONE) {
            assertThat(get(ledger().lease(known.token, "bistro", OTHER_FLOW, LIFE)))
                    .isFalse();
        } else if (!known.handedOut) {
            assertThat(get(ledger().lease(known.token, known.tenant, known.flow, LIFE)))
                    .isTrue();
            known.handedOut = true;
            known.state = State.LEASED;
        }
        assertThat(get(ledger().unspent(known.token))).isEqualTo(known.state == State.LEASED);
    }

    private String click(Known known) {
        Attempt attempt = random.nextInt(5) < 3 ? owner(known) : anybody(known.token);
        Verdict verdict = get(ledger().begin(attempt));
        boolean stranger = !known.tenant.equals(attempt.tenant())
                || (attempt.boundToFlow() && known.flow != null && !known.flow.equals(attempt.flow()));
        if (verdict instanceof Verdict.Send) {
            assertThat(known.state).isEqualTo(State.LEASED);
            assertThat(stranger).isFalse();
            assertThat(known.mayHaveHadAnEffect)
                    .as("sent although it may have had an effect")
                    .isFalse();
            known.state = State.RUNNING;
            known.running = attempt;
            known.request = attempt.request();
            known.mayHaveHadAnEffect = true;
            known.sends++;
            sends++;
        } else if (verdict instanceof Verdict.Replay replay) {
            assertThat(stranger).isFalse();
            assertThat(known.state).isEqualTo(State.ANSWERED);
            assertThat(attempt.request()).isEqualTo(known.request);
            assertThat(replay.answer()).usingRecursiveComparison().isEqualTo(known.answer);
            replays++;
        } else if (verdict instanceof Verdict.Running) {
            assertThat(stranger).isFalse();
            assertThat(known.state).isEqualTo(State.RUNNING);
            assertThat(attempt.request()).isEqualTo(known.request);
        } else {
            assertThat(verdict).isEqualTo(new Verdict.Refuse(refusal(known, attempt, stranger)));
        }
        return verdict.getClass().getSimpleName();
    }

    private static Problem refusal(Known known, Attempt attempt, boolean stranger) {
        if (known.state == State.NONE) {
            return Problem.TOKEN_UNKNOWN;
        }
        if (stranger) {
            return Problem.TOKEN_NOT_YOURS;
        }
        return switch (known.state) {
            case RUNNING -> {
                assertThat(attempt.request()).isNotEqualTo(known.request);
                yield Problem.CHARGE_IN_PROGRESS;
            }
            case ANSWERED -> {
                assertThat(attempt.request()).isNotEqualTo(known.request);
                yield Problem.TOKEN_SPENT;
            }
            case UNKNOWN -> Problem.CHARGE_OUTCOME_UNKNOWN;
            case SPENT -> Problem.TOKEN_SPENT;
            default -> throw new AssertionError("a leased token is sent");
        };
    }

    private static Attempt owner(Known known) {
        return browser(known.token, known.tenant, known.flow, "{}");
    }

    private Attempt anybody(Digest token) {
        String tenant = random.nextInt(4) == 0 ? "bistro" : "acme";
        String body = random.nextInt(4) == 0 ? "{ }" : "{}";
        if (random.nextInt(4) == 0) {
            return server(token, tenant, body);
        }
        Digest flow = Arrays.asList(FLOW, FLOW, OTHER_FLOW, null).get(random.nextInt(4));
        return browser(token, tenant, flow, body);
    }

    private String end(Known known) {
        if (known.state != State.RUNNING && !known.overdue) {
            return "nothing";
        }
        Attempt attempt = known.running;
        switch (random.nextInt(4)) {
            case 0 -> {
                finish(attempt, new Outcome.Free());
                known.mayHaveHadAnEffect = false;
                become(known, known.lives ? State.LEASED : State.NONE);
                return "free";
            }
            case 1 -> {
                finish(attempt, new Outcome.Unknown());
                become(known, State.UNKNOWN);
                finish(attempt, new Outcome.Free());
                return "unknown";
            }
            case 2 -> {
                finish(anybody(known.token), new Outcome.Free());
                return "by a stranger";
            }
            default -> {
                boolean small = random.nextBoolean();
                known.answer = Charges.answer(201, small ? "{\"n\":" + known.sends + "}" : "x".repeat(20_000));
                finish(attempt, new Outcome.Answered(known.answer));
                become(known, small ? State.ANSWERED : State.SPENT);
                return "answered";
            }
        }
    }

    private static void become(Known known, State state) {
        known.state = state;
        known.overdue = false;
    }

    private void finish(Attempt attempt, Outcome outcome) {
        get(ledger().finish(attempt, outcome).thenReturn(true));
    }

    private String settle(Known known) {
        boolean charged = random.nextInt(3) > 0;
        UnknownCharge settled = get(ledger().settle(known.token.id(), charged));
        assertThat(settled != null).isEqualTo(known.state == State.UNKNOWN);
        if (settled == null) {
            return "nothing";
        }
        if (charged) {
            become(known, State.SPENT);
        } else {
            become(known, known.lives ? State.LEASED : State.NONE);
            known.mayHaveHadAnEffect = false; // an operator's word
        }
        return charged ? "charged" : "free";
    }

    private void overdue() {
        runsAreOver(in(State.RUNNING));
        tokens.stream().filter(each -> each.state == State.RUNNING).forEach(each -> {
            each.state = State.UNKNOWN;
            each.overdue = true;
        });
    }

    private void die() {
        overdue();
        livesAreOver(tokens.stream()
                .filter(each -> each.state != State.NONE)
                .map(each -> each.token)
                .toList());
        for (Known each : tokens) {
            each.lives = each.lives && !each.handedOut;
            each.state = each.state == State.LEASED ? State.NONE : each.state;
        }
    }

    private List<Digest> in(State state) {
        return tokens.stream()
                .filter(each -> each.state == state)
                .map(each -> each.token)
                .toList();
    }

    private static <T> T get(Mono<T> mono) {
        return mono.block(PATIENCE);
    }
}
