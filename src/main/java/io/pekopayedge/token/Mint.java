package io.pekopayedge.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpMethod;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.token.MintFailure.Reason;
import io.pekopayedge.upstream.Leaks;
import io.pekopayedge.upstream.PassedFields;
import io.pekopayedge.upstream.PekoPay;
import io.pekopayedge.upstream.UpstreamFailure;
import io.pekopayedge.upstream.UpstreamReply;
import io.pekopayedge.upstream.UpstreamRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import reactor.core.publisher.Mono;

/** Asks PekoPay for one token. Any thread; never blocks; cancelling ends the call. */
final class Mint {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_TOKEN = 4096;
    private static final int LARGEST_ANSWER = 64 * 1024;

    private final PekoPay pekoPay;
    private final EdgeSettings settings;
    private final EdgeClock clock;

    Mint(PekoPay pekoPay, EdgeSettings settings, EdgeClock clock) {
        this.pekoPay = pekoPay;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * @param quiet whether it is for a reserve that next to nobody asks: its tokens are replaced as late as the jitter
     *     lets them, since each costs a call that serves nobody
     * @return a token whose age counts from now; or a {@link MintFailure}
     */
    Mono<SessionToken> call(Tenant tenant, boolean quiet) {
        return Mono.defer(() -> {
            long asked = clock.nanos();
            Instant askedAt = clock.wall().instant();
            return pekoPay.call(request(tenant), settings.mint().timeout(), Mint::refused)
                    .onErrorMap(UpstreamFailure.class, MintFailure::of)
                    .map(reply -> token(value(tenant, reply), quiet, asked, askedAt));
        });
    }

    private UpstreamRequest request(Tenant tenant) {
        return new UpstreamRequest(
                tenant,
                HttpMethod.valueOf(settings.token().method().name()),
                "/payment-token/" + tenant.id() + "/generate",
                PassedFields.OURS,
                HexFormat.of().toHexDigits(clock.random().nextLong()),
                null,
                settings.token().method() == EdgeSettings.Token.Method.POST ? new byte[0] : null);
    }

    private static boolean refused(UpstreamReply reply) {
        return reply.status() == 401 || reply.status() == 403;
    }

    private SessionToken token(String value, boolean quiet, long asked, Instant askedAt) {
        EdgeSettings.Token life = settings.token();
        double chance = clock.random().nextDouble();
        double jitter = quiet ? 1 + 0.1 * chance : 0.9 + 0.2 * chance;
        return new SessionToken(
                value,
                asked
                        + Math.min(
                                (long) (life.freshFor().toNanos() * jitter),
                                life.serveUntil().toNanos()),
                asked + life.serveUntil().toNanos(),
                asked + life.ttl().toNanos(),
                askedAt.plus(life.ttl()));
    }

    private String value(Tenant tenant, UpstreamReply reply) {
        if (reply.status() == 429) {
            throw new MintFailure(Reason.RATE_LIMITED, reply.retryAfter(clock.wall()));
        }
        if (!reply.successful()) {
            throw new MintFailure(Reason.STATUS, reply.status() == 503 ? reply.retryAfter(clock.wall()) : null);
        }
        try {
            JsonNode json = reply.body().length > LARGEST_ANSWER ? null : JSON.readTree(reply.body());
            JsonNode token = json == null ? null : json.get("token");
            if (token != null && token.isTextual() && usable(tenant, token.textValue())) {
                return token.textValue();
            }
        } catch (JsonProcessingException e) {
            // The answer is not JSON; its text must not get into a trace.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        throw new MintFailure(Reason.BAD_ANSWER, null);
    }

    /**
     * 1–4096 visible ASCII characters, since it will stand in JSON and nothing else may be made of it; and no echo of the
     * secret that it was asked for with.
     */
    private static boolean usable(Tenant tenant, String token) {
        return !token.isEmpty()
                && token.length() <= LONGEST_TOKEN
                && token.chars().allMatch(c -> c > 0x20 && c < 0x7f)
                && !Leaks.in(tenant, token.getBytes(StandardCharsets.US_ASCII));
    }
}
