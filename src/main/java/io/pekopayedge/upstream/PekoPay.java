package io.pekopayedge.upstream;

import io.pekopayedge.settings.EdgeClock;
import io.pekopayedge.tenant.BasicCredentials;
import io.pekopayedge.tenant.Tenant;
import io.pekopayedge.upstream.UpstreamFailure.Kind;
import java.time.Duration;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/**
 * Calls PekoPay with the tenant's credentials, and once more with the previous pair where the current one is refused: a
 * refusal proves that nothing was processed. Any thread; never blocks.
 */
public final class PekoPay {
    private final PekoPayPort port;
    private final CredentialWatch watch;
    private final EdgeClock clock;

    public PekoPay(PekoPayPort port, CredentialWatch watch, EdgeClock clock) {
        this.port = port;
        this.watch = watch;
        this.clock = clock;
    }

    /**
     * @param limit of both tries together
     * @param refused whether an answer refuses the credentials
     * @return an answer that does not refuse the credentials; or an {@link UpstreamFailure}
     */
    public Mono<UpstreamReply> call(UpstreamRequest request, Duration limit, Predicate<UpstreamReply> refused) {
        Tenant tenant = request.tenant();
        return Mono.defer(() -> {
            long deadline = clock.nanosIn(limit);
            return port.call(request, tenant.credentials(), limit).flatMap(reply -> {
                if (!refused.test(reply)) {
                    return accepted(tenant, tenant.credentials(), reply);
                }
                watch.refused(tenant, tenant.credentials());
                return withPrevious(request, Duration.ofNanos(Math.max(1, deadline - clock.nanos())), refused);
            });
        });
    }

    private Mono<UpstreamReply> withPrevious(
            UpstreamRequest request, Duration limit, Predicate<UpstreamReply> refused) {
        BasicCredentials previous = request.tenant().previousCredentials();
        if (previous == null || previous.equals(request.tenant().credentials())) {
            return Mono.error(new UpstreamFailure(Kind.CREDENTIALS_REFUSED));
        }
        return port.call(request, previous, limit).flatMap(reply -> {
            if (!refused.test(reply)) {
                return accepted(request.tenant(), previous, reply);
            }
            watch.refused(request.tenant(), previous);
            return Mono.error(new UpstreamFailure(Kind.CREDENTIALS_REFUSED));
        });
    }

    /** An answer of 5xx may come from before the credentials were looked at. */
    private Mono<UpstreamReply> accepted(Tenant tenant, BasicCredentials pair, UpstreamReply reply) {
        if (reply.status() < 500) {
            watch.accepted(tenant, pair);
        }
        return Mono.just(reply);
    }

    /** @see CredentialWatch#newest */
    public Tenant newest(Tenant found) {
        return watch.newest(found);
    }
}
