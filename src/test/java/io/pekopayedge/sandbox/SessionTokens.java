package io.pekopayedge.sandbox;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The tokens that PekoPay gave out, and what became of each. Thread-safe. */
final class SessionTokens {
    /** What a token is good for at this moment. */
    enum State {
        LIVE,
        SPENT,
        EXPIRED,
        UNKNOWN
    }

    /** The card is null until the hosted fields were submitted; it never leaves this class but as an outcome. */
    private record Held(
            String tenantId,
            Instant mintedAt,
            boolean spent,
            @Nullable String card) {}

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final Queue<Mint> mints = new ConcurrentLinkedQueue<>();
    private final Clock clock;
    private volatile Duration life;
    private volatile boolean cardNeeded;

    SessionTokens(Clock clock, Duration life) {
        this.clock = clock;
        this.life = life;
    }

    void life(Duration newLife) {
        life = newLife;
    }

    void cardNeeded(boolean needed) {
        cardNeeded = needed;
    }

    List<Mint> mints() {
        return List.copyOf(mints);
    }

    String mint(String tenantId) {
        String token = "sess_" + new BigInteger(192, RANDOM).setBit(192).toString(36);
        Instant now = clock.instant();
        held.put(token, new Held(tenantId, now, false, null));
        mints.add(new Mint(now, tenantId, token));
        return token;
    }

    State tokenize(String token, String card) {
        State[] state = {State.UNKNOWN};
        held.computeIfPresent(token, (key, old) -> {
            state[0] = stateOf(old);
            return state[0] == State.LIVE ? new Held(old.tenantId, old.mintedAt, false, card) : old;
        });
        return state[0];
    }

    /** Uses the token up, whatever the result, unless it was already of no use. */
    Charge.Result spend(String tenantId, String token, boolean amountDeclined) {
        Charge.Result[] result = {Charge.Result.TOKEN_UNKNOWN};
        held.computeIfPresent(token, (key, old) -> {
            result[0] = old.tenantId.equals(tenantId) ? charge(old, amountDeclined) : Charge.Result.TOKEN_UNKNOWN;
            boolean spent = result[0] == Charge.Result.ACCEPTED || result[0] == Charge.Result.DECLINED;
            return spent ? new Held(old.tenantId, old.mintedAt, true, old.card) : old;
        });
        return result[0];
    }

    State state(String token) {
        Held known = held.get(token);
        return known == null ? State.UNKNOWN : stateOf(known);
    }

    @Nullable
    String cardOf(@Nullable String token) {
        Held known = token == null ? null : held.get(token);
        return known == null ? null : known.card;
    }

    private Charge.Result charge(Held token, boolean amountDeclined) {
        return switch (stateOf(token)) {
            case SPENT -> Charge.Result.TOKEN_SPENT;
            case EXPIRED -> Charge.Result.TOKEN_EXPIRED;
            case UNKNOWN -> Charge.Result.TOKEN_UNKNOWN;
            case LIVE -> {
                if (token.card == null && cardNeeded) {
                    yield Charge.Result.NOT_TOKENIZED;
                }
                yield amountDeclined || TestCards.DECLINED.equals(token.card)
                        ? Charge.Result.DECLINED
                        : Charge.Result.ACCEPTED;
            }
        };
    }

    private State stateOf(Held token) {
        if (token.spent) {
            return State.SPENT;
        }
        return clock.instant().isBefore(token.mintedAt.plus(life)) ? State.LIVE : State.EXPIRED;
    }
}
