package io.pekopayedge;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.pekopayedge.guard.Call;
import io.pekopayedge.guard.TraceContext;
import io.pekopayedge.tenant.Tenant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;

/**
 * One span per request on the public port, and its place in the trace: upstreams are told of it, and the log of its id.
 * Without an endpoint that collects spans there are none, and a client's own context goes on as it came. A span holds no
 * path, no query, no header and no body: each of them may carry a secret. Any thread.
 */
final class Traces {
    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final TextMapGetter<TraceContext> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(TraceContext context) {
            return List.of("traceparent", "tracestate");
        }

        @Override
        public @Nullable String get(@Nullable TraceContext context, String key) {
            return context == null ? null : "traceparent".equals(key) ? context.parent() : context.state();
        }
    };

    private final @Nullable Tracer tracer;

    /** @param tracer null where nobody collects */
    Traces(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    /** Sets the call's {@link Call#trace()}. */
    Span begin(Call call) {
        TraceContext clients = TraceContext.of(call.request().getHeaders());
        if (tracer == null) {
            call.trace(clients);
            return Span.getInvalid();
        }
        Span span = tracer.spanBuilder("request")
                .setParent(W3C.extract(Context.root(), clients, GETTER))
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        Map<String, String> fields = new HashMap<>();
        W3C.inject(Context.root().with(span), fields, (to, key, value) -> to.put(key, value));
        call.trace(new TraceContext(fields.get("traceparent"), fields.get("tracestate")));
        return span;
    }

    void end(Span span, Call call, boolean left) {
        if (span.isRecording()) {
            Tenant tenant = call.tenant();
            HttpStatusCode status = call.response().getStatusCode();
            String method = call.request().getMethod().name();
            String named = METHODS.contains(method) ? method : "_OTHER";
            span.updateName(named + " " + call.route());
            span.setAttribute("http.request.method", named);
            span.setAttribute("http.route", call.route());
            span.setAttribute("http.response.status_code", status == null ? 0 : status.value());
            span.setAttribute("pekopay.tenant", tenant == null ? "-" : tenant.id());
            span.setAttribute("pekopay.outcome", left ? "client-left" : call.outcome());
            span.setAttribute("pekopay.upstream.status_code", call.upstreamStatus());
            span.setAttribute("pekopay.request_id", call.requestId());
            if (status != null && status.is5xxServerError()) {
                span.setStatus(StatusCode.ERROR);
            }
        }
        span.end();
    }
}
