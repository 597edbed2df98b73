package io.pekopayedge.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The requests that are sent. */
final class Wanted {
    /** A token and the flow that it was leased to. */
    record Leased(String flow, String token) {}

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final AtomicLong FLOWS = new AtomicLong();

    private Wanted() {}

    static Load.Requests refreshInNewFlows(String tenant) {
        return number -> refresh(tenant, flow());
    }

    static Load.Requests refreshInOneFlow(String tenant) {
        byte[] request = refresh(tenant, flow());
        return number -> request;
    }

    static Load.Requests page(String host) {
        byte[] request = bytes("GET /checkout HTTP/1.1\r\nHost: " + host + "\r\nAccept: text/html\r\n\r\n");
        return number -> request;
    }

    static Load.Requests charges(List<Leased> tokens) {
        return number -> number < tokens.size() ? charge(tokens.get(number)) : null;
    }

    /** Tokens that nobody leased: the plain route forwards whatever it gets. */
    static Load.Requests plainCharges() {
        return number -> charge(new Leased(flow(), "sess_0123456789abcdef0123456789abcdef"));
    }

    /** Leases so many tokens at the gateway, each to a flow of its own, as fast as it answers. */
    static List<Leased> lease(int port, String tenant, int most) {
        return lease(tenant, most, requests -> new Load(port, 200).closed(LONG, requests));
    }

    /** The same at a pace. */
    static List<Leased> lease(int port, String tenant, int most, int perSecond) {
        return lease(tenant, most, requests -> new Load(port, 200).paced(LONG, perSecond, requests));
    }

    private static List<Leased> lease(String tenant, int most, Function<Load.Requests, Load.Result> load) {
        ConcurrentLinkedQueue<Leased> leased = new ConcurrentLinkedQueue<>();
        String base = flow();
        Load.Result result = load.apply(new Load.Requests() {
            @Override
            public byte[] request(int number) {
                return number < most ? refresh(tenant, base + number) : null;
            }

            @Override
            public void answered(int number, byte[] body) {
                String[] parts = new String(body, StandardCharsets.US_ASCII).split("\"");
                leased.add(new Leased(base + number, parts[3]));
            }
        });
        if (result.failed() > 0) {
            throw new IllegalStateException(result.failed() + " of " + most + " leases failed");
        }
        return new ArrayList<>(leased);
    }

    private static String flow() {
        return "flow-%030d-".formatted(FLOWS.incrementAndGet());
    }

    private static byte[] refresh(String tenant, String flow) {
        return bytes("GET /t/" + tenant + "/api/payment-token/refresh HTTP/1.1\r\nHost: localhost\r\nX-Checkout-Flow: "
                + flow + "\r\nAccept: application/json\r\n\r\n");
    }

    static byte[] charge(Leased leased) {
        String body = "{\"paymentToken\":\"" + leased.token
                + "\",\"customerId\":\"c-1742\",\"intent\":\"charge\",\"cart\":[{\"sku\":\"paper-a4\",\"count\":2}]}";
        return bytes("POST /t/acme/api/checkout/charge HTTP/1.1\r\nHost: localhost\r\nX-Checkout-Flow: " + leased.flow
                + "\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
