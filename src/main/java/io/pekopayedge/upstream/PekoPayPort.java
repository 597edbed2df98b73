package io.pekopayedge.upstream;

import io.pekopayedge.tenant.BasicCredentials;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Where requests leave for PekoPay: each is sent once, with the pair given. Must never block. */
@FunctionalInterface
public interface PekoPayPort {
    /**
     * @param credentials of the request's tenant
     * @param limit of the whole call, from subscription to the last byte of the answer
     * @return the answer, whatever its status; or an {@link UpstreamFailure}
     */
    Mono<UpstreamReply> call(UpstreamRequest request, BasicCredentials credentials, Duration limit);
}
