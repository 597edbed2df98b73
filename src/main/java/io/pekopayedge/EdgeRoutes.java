package io.pekopayedge;

import io.opentelemetry.api.trace.Span;
import io.pekopayedge.charge.ChargeDesk;
import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.CallerKeys;
import io.pekopayedge.guard.Origins;
import io.pekopayedge.problem.EdgeProblem;
import io.pekopayedge.problem.Problem;
import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.stream.Streams;
import io.pekopayedge.tenant.Intent;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.tenant.Tenants;
import io.pekopayedge.token.TokenDesk;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * The map: every way through the public port, and what a request meets on it, in order. Tokens and charges end in steps of
 * ours, before Spring's web handlers; what streams goes on through Spring Cloud Gateway. Any thread; never blocks.
 */
final class EdgeRoutes implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeRoutes.class);

    private final Tenants tenants;
    private final TokenDesk tokens;
    private final ChargeDesk charges;
    private final Streams streams;
    private final RequestLog log;
    private final Traces traces;
    private final EdgeClock clock;

    EdgeRoutes(
            Tenants tenants,
            TokenDesk tokens,
            ChargeDesk charges,
            Streams streams,
            RequestLog log,
            Traces traces,
            EdgeClock clock) {
        this.tenants = tenants;
        this.tokens = tokens;
        this.charges = charges;
        this.streams = streams;
        this.log = log;
        this.traces = traces;
        this.clock = clock;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        Call call = new Call(request, response, RequestIds.next(clock.random()), clock.nanos());
        Span span = traces.begin(call);
        return Mono.defer(() -> way(call))
                .onErrorResume(error -> problem(call, error))
                .doFinally(signal -> ended(call, span, signal == SignalType.CANCEL && !call.isBrokenOff()));
    }

    private void ended(Call call, Span span, boolean left) {
        traces.end(span, call, left);
        log.line(call, left);
    }

    private Mono<Void> way(Call call) {
        RequestPath path = RequestPath.of(call.request().getURI().getRawPath());
        return switch (path.way()) {
            case REFRESH -> refresh(call, browsersTenant(call, path));
            case CHARGE -> browserCharge(call, browsersTenant(call, path));
            case GENERATE -> generate(call, callersTenant(call, path));
            case TENANT -> backend(call, callersTenant(call, path), path);
            case STOREFRONT -> storefront(call);
        };
    }

    private Mono<Void> refresh(Call call, Tenant tenant) {
        call.route("refresh");
        try {
            if (answeredHere(call, tenant, HttpMethod.GET)) {
                return preflight(call, "GET, OPTIONS");
            }
            return tokens.refresh(call, tenant);
        } catch (EdgeProblem refused) {
            tokens.refused(call, tenant);
            throw refused;
        }
    }

    private Mono<Void> browserCharge(Call call, Tenant tenant) {
        if (!tenant.browserCharge()) {
            call.streamedPath(RequestPath.CHARGE_PATH);
            return streams.storefront(call);
        }
        call.route("charge");
        return answeredHere(call, tenant, HttpMethod.POST)
                ? preflight(call, "POST, OPTIONS")
                : charges.browser(call, tenant);
    }

    private Mono<Void> generate(Call call, Tenant tenant) {
        call.route("generate");
        HttpMethod method = call.request().getMethod();
        if (!HttpMethod.GET.equals(method) && !HttpMethod.POST.equals(method)) {
            throw EdgeProblem.methodNotAllowed("GET, POST");
        }
        return tokens.generate(call, tenant);
    }

    private Mono<Void> backend(Call call, Tenant tenant, RequestPath path) {
        // Some servers take a method in any letter case: to them "post" would be a charge that nobody remembers.
        boolean post = "POST".equalsIgnoreCase(call.request().getMethod().name());
        Intent intent = post ? tenant.intentAt(path.decoded()) : null;
        if (intent != null) {
            call.route("backend-charge");
            return charges.backend(call, tenant, intent);
        }
        if (post && tenant.nearlyIntent(path.decoded())) {
            throw RequestPath.doubtful();
        }
        return streams.backend(call);
    }

    private Mono<Void> storefront(Call call) {
        String host = call.first(HttpHeaders.HOST);
        Tenant tenant = host == null ? null : tenants.byHost(host);
        if (tenant == null || tenant.storefront() == null) {
            throw EdgeProblem.of(Problem.NOT_FOUND, "There is no storefront here.");
        }
        call.tenant(tenant);
        return streams.storefront(call);
    }

    /** By path or host; whoever names a tenant must name the same. */
    private Tenant browsersTenant(Call call, RequestPath path) {
        String host = call.first(HttpHeaders.HOST);
        Tenant byHost = host == null ? null : tenants.byHost(host);
        String id = path.tenantId() != null ? path.tenantId() : byHost == null ? null : byHost.id();
        List<String> repeated = call.request().getHeaders().getOrDefault("X-Tenant-Id", List.of());
        if (id != null
                && ((byHost != null && !byHost.id().equals(id))
                        || repeated.stream().anyMatch(other -> !other.isEmpty() && !other.equals(id)))) {
            throw EdgeProblem.of(Problem.TENANT_CONFLICT, "Path, Host and X-Tenant-Id must name one tenant.");
        }
        Tenant tenant = id == null ? null : tenants.byId(id);
        if (tenant == null) {
            throw EdgeProblem.of(Problem.TENANT_UNKNOWN, "Neither path nor Host names a tenant.");
        }
        call.tenant(tenant);
        return tenant;
    }

    private Tenant callersTenant(Call call, RequestPath path) {
        call.route("backend");
        String id = path.tenantId();
        Tenant tenant = CallerKeys.check(call, id == null ? null : tenants.byId(id));
        call.tenant(tenant);
        return tenant;
    }

    /** Looks at origin and method of a browser's call; true for a preflight, which is answered here. */
    private static boolean answeredHere(Call call, Tenant tenant, HttpMethod wanted) {
        HttpHeaders to = call.response().getHeaders();
        to.set(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        String origin = origin(call);
        Origins.check(tenant, origin, call.first(HttpHeaders.HOST), call.first("Sec-Fetch-Site"));
        if (origin != null) {
            to.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            to.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
            to.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After, X-Request-Id, Idempotency-Replayed");
        }
        HttpMethod method = call.request().getMethod();
        if (HttpMethod.OPTIONS.equals(method)) {
            return true;
        }
        if (!wanted.equals(method)) {
            throw EdgeProblem.methodNotAllowed(wanted + ", OPTIONS");
        }
        return false;
    }

    private static @Nullable String origin(Call call) {
        List<String> values = call.request().getHeaders().get(HttpHeaders.ORIGIN);
        return values == null || values.isEmpty() ? null : String.join(", ", values);
    }

    private static Mono<Void> preflight(Call call, String allow) {
        HttpHeaders to = call.response().getHeaders();
        if (call.first(HttpHeaders.ORIGIN) != null) {
            to.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
            to.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "content-type, x-checkout-flow");
            to.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "600");
        }
        to.set(HttpHeaders.ALLOW, allow);
        call.outcome("preflight");
        return call.reply(204, null, new byte[0]);
    }

    private static Mono<Void> problem(Call call, Throwable error) {
        if (call.response().isCommitted()) {
            return Mono.error(error);
        }
        EdgeProblem problem = EdgeProblem.from(error);
        if (problem.problem() == Problem.INTERNAL_ERROR) {
            LOG.error("A fault of ours request={} route={}", call.requestId(), call.route(), error);
        }
        return call.reply(problem);
    }
}
