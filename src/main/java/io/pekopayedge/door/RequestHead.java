package io.pekopayedge.door;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether the head of a request can be read in one way only, and asks for what may be asked for. Pure functions. */
final class RequestHead {
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?");
    private static final Set<String> REFUSED = Set.of("TRACE", "CONNECT");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /** Of a browser's request some thirty. What is done for each on its way may cost as much as there are others. */
    private static final int MOST_FIELDS = 200;

    private RequestHead() {}

    /** An HTTP version that is neither 1.1 nor 1.0. */
    static final class UnknownVersion extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Null for a request that may go on; then its target is in origin form, and it asks for no other protocol.
     *
     * @param request may be changed
     */
    static @Nullable HttpResponseStatus refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return refusal(request.decoderResult().cause());
        }
        if (REFUSED.contains(request.method().name().toUpperCase(Locale.ROOT))) {
            return HttpResponseStatus.METHOD_NOT_ALLOWED;
        }
        HttpHeaders headers = request.headers();
        if (headers.size() > MOST_FIELDS) {
            return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() != 1 || !HOST.matcher(hosts.get(0)).matches() || !isFramedInOneWay(request)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        String target = RequestTarget.originForm(request.uri(), hosts.get(0));
        if (target == null) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        request.setUri(target);
        // Ignored, as a server may (RFC 9110 §7.8): Java's own client asks for h2c on its first request.
        headers.remove(HttpHeaderNames.UPGRADE);
        headers.remove("HTTP2-Settings");
        return null;
    }

    /** For what the parser could not read. */
    static HttpResponseStatus refusal(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
        }
        return cause instanceof UnknownVersion
                ? HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED
                : HttpResponseStatus.BAD_REQUEST;
    }

    /** RFC 9112 §6.3, without the leniencies that smuggling lives on. */
    private static boolean isFramedInOneWay(HttpRequest request) {
        HttpHeaders headers = request.headers();
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return lengths.isEmpty()
                    || (lengths.size() == 1 && LENGTH.matcher(lengths.get(0)).matches());
        }
        return lengths.isEmpty()
                && codings.size() == 1
                && "chunked".equalsIgnoreCase(codings.get(0))
                && HttpVersion.HTTP_1_1.equals(request.protocolVersion());
    }
}
