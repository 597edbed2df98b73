package io.pekopayedge.charge;

import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.CardData;
import io.pekopayedge.guard.ChargeBody;
import io.pekopayedge.guard.ClientAddress;
import io.pekopayedge.guard.Flows;
import io.pekopayedge.guard.Limits;
import io.pekopayedge.guard.MediaTypes;
import io.pekopayedge.guard.TracedFields;
import io.pekopayedge.ledger.Answer;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.ledger.Face;
import io.pekopayedge.meter.ChargeOutcome;
import io.pekopayedge.meter.EdgeMeters;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.settings.EdgeSettings;
import io.pekopayedge.tenant.Intent;
import io.pekopayedge.tenant.Tenant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

/**
 * Takes charges in: reads the body, looks for what must not pass, has {@link Charges} send it, and answers. The terminal
 * step of its ways: nothing streams through. Any thread.
 */
public final class ChargeDesk {
    /** What the guide's example sends where the shop has to choose one. */
    private static final String GUIDES_LITERAL = "charge_or_subscription";

    private static final String REPLAYED = "Idempotency-Replayed";
    private static final String NO_INTENT = "none";
    private static final int LONGEST_KEY = 255;

    private final Charges charges;
    private final Flows flows;
    private final Limits limits;
    private final ClientAddress addresses;
    private final EdgeMeters meters;
    private final EdgeClock clock;
    private final int maxBody;

    public ChargeDesk(
            Charges charges,
            Flows flows,
            Limits limits,
            ClientAddress addresses,
            EdgeMeters meters,
            EdgeClock clock,
            EdgeSettings.Charge settings) {
        this.charges = charges;
        this.flows = flows;
        this.limits = limits;
        this.addresses = addresses;
        this.meters = meters;
        this.clock = clock;
        this.maxBody = Math.toIntExact(settings.maxBody().toBytes());
    }

    /** A shopper's page charges its token; its origin has been looked at. */
    public Mono<Void> browser(Call call, Tenant tenant) {
        return Mono.defer(() -> {
                    String client = call.client(addresses);
                    limits.charge(tenant.id(), client);
                    String flow = flows.of(call);
                    check(call);
                    return call.body(maxBody, clock.scheduler()).map(body -> {
                        ChargeBody read = read(tenant, body, true);
                        return order(call, tenant, intent(tenant, read), Face.BROWSER, flow, client, read, body);
                    });
                })
                .doOnError(error -> refused(tenant, NO_INTENT, call, error))
                .flatMap(order -> charge(call, order));
    }

    /** A storefront's own server charges a token of its tenant, at the path of an intent. */
    public Mono<Void> backend(Call call, Tenant tenant, Intent intent) {
        return Mono.defer(() -> {
                    check(call);
                    return call.body(maxBody, clock.scheduler())
                            .map(body -> order(
                                    call, tenant, intent, Face.BACKEND, null, "", read(tenant, body, false), body));
                })
                .doOnError(error -> refused(tenant, intent.name(), call, error))
                .flatMap(order -> charge(call, order));
    }

    private void check(Call call) {
        MediaTypes.requireJson(call);
        String key = call.single("Idempotency-Key");
        if (CardData.inQuery(call.request().getURI().getRawQuery()) || (key != null && CardData.inHeader(key))) {
            throw EdgeProblem.of(Problem.CARD_DATA_REFUSED, "Card data was found outside the body.");
        }
    }

    private static ChargeBody read(Tenant tenant, byte[] body, boolean tokenRequired) {
        return ChargeBody.read(body, tenant.cardDataSkip(), tokenRequired);
    }

    private static Intent intent(Tenant tenant, ChargeBody body) {
        String name =
                body.intent() == null || GUIDES_LITERAL.equals(body.intent()) ? tenant.defaultIntent() : body.intent();
        Intent intent = tenant.intents().get(name);
        if (intent == null) {
            throw EdgeProblem.of(Problem.CHARGE_INVALID, "This intent is not one of the shop's.");
        }
        return intent;
    }

    private static Order order(
            Call call,
            Tenant tenant,
            Intent intent,
            Face face,
            @Nullable String flow,
            String client,
            ChargeBody read,
            byte[] body) {
        String token = read.paymentToken();
        if (token != null) {
            call.charge(Digest.ofToken(token).id());
        }
        return new Order(
                tenant,
                intent,
                face,
                flow,
                client,
                token,
                face == Face.BACKEND ? callerKey(call) : null,
                call.request().getURI().getRawQuery(),
                TracedFields.of(call),
                call.requestId(),
                body);
    }

    private static @Nullable String callerKey(Call call) {
        String key = call.single("Idempotency-Key");
        if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY)) {
            throw EdgeProblem.of(Problem.MALFORMED_REQUEST, "Idempotency-Key must be 1–255 characters.");
        }
        return key;
    }

    private Mono<Void> charge(Call call, Order order) {
        HttpHeaders headers = call.response().getHeaders();
        return charges.charge(order)
                .doOnError(EdgeProblem.class, problem -> {
                    if (problem.replayed()) {
                        headers.set(REPLAYED, "true");
                    }
                })
                .flatMap(told -> {
                    Answer answer = told.answer();
                    call.outcome(told.replayed() ? "replayed" : answer.status() < 300 ? "accepted" : "declined");
                    if (told.replayed()) {
                        headers.set(REPLAYED, "true");
                    } else {
                        call.upstreamStatus(answer.status());
                    }
                    set(headers, HttpHeaders.RETRY_AFTER, answer.retryAfter());
                    set(headers, HttpHeaders.LOCATION, answer.location());
                    set(headers, HttpHeaders.ETAG, answer.etag());
                    set(headers, HttpHeaders.LINK, answer.link());
                    return call.reply(answer.status(), answer.contentType(), answer.body());
                });
    }

    private static void set(HttpHeaders headers, String name, @Nullable String value) {
        if (value != null) {
            headers.set(name, value);
        }
    }

    private void refused(Tenant tenant, String intent, Call call, Throwable error) {
        meters.of(tenant.id()).charge(intent, ChargeOutcome.REFUSED, clock.nanos() - call.begun());
        if (error instanceof EdgeProblem refusal && refusal.problem() == Problem.CARD_DATA_REFUSED) {
            meters.of(tenant.id()).cardDataRefused();
        }
    }
}
