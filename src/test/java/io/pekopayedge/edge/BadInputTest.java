package io.pekopayedge.edge;

import static io.pekopayedge.edge.ChargeFaultsTest.flow;
import static io.pekopayedge.edge.EdgeUnderTest.apiKey;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes that nobody should send, over a bare socket. Each row holds the word {@link #MARK} in what is refused: it must be
 * seen neither upstream, nor in the answer, nor in the log.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private static final String MARK = "Zebra77";
    private static final String CHARGE = "/t/acme/api/checkout/charge";
    private static final String REFRESH = "/t/acme/api/payment-token/refresh";
    private static final String TENANTS = "/tenants/acme/customers";
    private static final String KEY = "Authorization: Bearer " + apiKey("acme") + "\r\n";
    /** Marks the tenant's storefront, where a request that is let through would go. */
    private static final String HOST = "Host: acme.localhost\r\nConnection: close\r\n";

    private LogLines log;
    private PekoPaySandbox pekoPay;
    private PekoPaySandbox shop;
    private EdgeUnderTest edge;
    /** Under way while the other rows are. */
    private CompletableFuture<Map<String, Wire.Said>> slow;

    @BeforeAll
    void start() {
        pekoPay = PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
        shop = PekoPaySandbox.start();
        shop.on(call -> true, Behaviour.answering(Reply.json(200, Map.of("shop", true))));
        edge = EdgeUnderTest.start(
                tenants -> tenants.add("acme", pekoPay.baseUrl(), "storefront: " + shop.baseUrl()),
                // In clear there is no HTTP/2, whatever is set.
                "server.http2.enabled=true");
        slow = CompletableFuture.supplyAsync(this::slowClients);
        log = new LogLines();
    }

    @AfterAll
    void stop() {
        log.close();
        edge.close();
        shop.close();
        pekoPay.close();
    }

    private static Arguments row(String name, String bytes, Integer... statuses) {
        return Arguments.of(name, bytes, Set.of(statuses));
    }

    private static String get(String target, String... fields) {
        return "GET " + target + " HTTP/1.1\r\n" + HOST + String.join("", fields) + "X-Mark: " + MARK + "\r\n\r\n";
    }

    private static String charge(String body, String... fields) {
        return "POST " + CHARGE + " HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                + String.join("", fields) + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String post(String fields, String rest) {
        return "POST /" + MARK + " HTTP/1.1\r\n" + HOST + fields + "\r\n" + rest;
    }

    /** Statuses that are right; 0 is a close without an answer. */
    static Stream<Arguments> framing() {
        return Stream.of(
                row("no Host", "GET /" + MARK + " HTTP/1.1\r\n\r\n", 400),
                row("no Host, HTTP/1.0", "GET /" + MARK + " HTTP/1.0\r\n\r\n", 400),
                row("two Hosts", get("/" + MARK, "Host: evil.example\r\n"), 400),
                row("the same Host twice", get("/" + MARK, "Host: acme.localhost\r\n"), 400),
                row("empty Host", "GET /" + MARK + " HTTP/1.1\r\nHost:\r\n\r\n", 400),
                row("Host with a path", "GET /" + MARK + " HTTP/1.1\r\nHost: acme.localhost/x\r\n\r\n", 400),
                row("Host with a user", "GET /" + MARK + " HTTP/1.1\r\nHost: a@acme.localhost\r\n\r\n", 400),
                row("Host with two ports", "GET /" + MARK + " HTTP/1.1\r\nHost: acme.localhost:1:2\r\n\r\n", 400),
                row("Host with a word for a port", "GET /" + MARK + " HTTP/1.1\r\nHost: acme.localhost:x\r\n\r\n", 400),
                row("list of Hosts", "GET /" + MARK + " HTTP/1.1\r\nHost: acme.localhost, b\r\n\r\n", 400),
                row("CL with TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
                row("TE with CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400),
                row(
                        "TE with CL, HTTP/1.0",
                        post("", "")
                                .replace("1.1", "1.0")
                                .replace(
                                        "\r\n\r\n",
                                        "\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
                        400),
                row(
                        "TE in HTTP/1.0",
                        post("", "")
                                .replace("1.1", "1.0")
                                .replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                        400),
                row("two CLs", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), 400),
                row("two equal CLs", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400),
                row("list of CLs", post("Content-Length: 5, 5\r\n", "hello"), 400),
                row("negative CL", post("Content-Length: -5\r\n", "hello"), 400),
                row("signed CL", post("Content-Length: +5\r\n", "hello"), 400),
                row("CL in hex", post("Content-Length: 0x5\r\n", "hello"), 400),
                row("CL not a number", post("Content-Length: five\r\n", "hello"), 400),
                row("huge CL", post("Content-Length: 99999999999999999999\r\n", "hello"), 400),
                row("empty CL", post("Content-Length:\r\n", "hello"), 400),
                row("TE identity", post("Transfer-Encoding: identity\r\n", "hello"), 400),
                row("TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 400),
                row("TE chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 400),
                row("TE xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 400),
                row("TE twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400),
                row("TE with a tab", post("Transfer-Encoding:\tchunked, \r\n", "0\r\n\r\n"), 400),
                row("blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400),
                row("field without a name", post(": " + MARK + "\r\n", ""), 400),
                row("field without a colon", post("Nothing\r\n", ""), 400),
                row("field name with a blank", post("Two words: x\r\n", ""), 400),
                row("NUL in a field", post("X-A: a\0b\r\n", ""), 400),
                row("bare CR in a field", post("X-A: a\rX-B: b\r\n", ""), 400),
                row("folded field at the start", "GET /" + MARK + " HTTP/1.1\r\n X-A: b\r\n" + HOST + "\r\n", 400),
                row("request line with a tab", "GET\t/" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 400),
                row(
                        "request line with a tab before the version",
                        "GET /" + MARK + "\tHTTP/1.1\r\n" + HOST + "\r\n",
                        400),
                row("request line with a form feed", "GET /" + MARK + "\fHTTP/1.1\r\n" + HOST + "\r\n", 400),
                row("request line with a vertical tab", "GET\u000b/" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 400),
                row("two blanks after the method", "GET  /" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 400),
                row("two blanks before the version", "GET /" + MARK + "  HTTP/1.1\r\n" + HOST + "\r\n", 400),
                row("blank after the version", "GET /" + MARK + " HTTP/1.1 \r\n" + HOST + "\r\n", 400),
                row("unknown version", "GET /" + MARK + " HTTP/1.2\r\n" + HOST + "\r\n", 505),
                row("version 2 in clear", "GET /" + MARK + " HTTP/2.0\r\n" + HOST + "\r\n", 505),
                row("version 9.9", "GET /" + MARK + " HTTP/9.9\r\n" + HOST + "\r\n", 505),
                row("version in small letters", "GET /" + MARK + " http/1.1\r\n" + HOST + "\r\n", 400, 505),
                row("no version", "GET /" + MARK + "\r\n" + HOST + "\r\n", 400),
                row("other protocol", "GET /" + MARK + " ICY/1.1\r\n" + HOST + "\r\n", 400),
                row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
                row(
                        "TLS hello in clear",
                        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003 " + MARK + "\r\n\r\n",
                        400,
                        0),
                row("not HTTP at all", "hello " + MARK + "\r\n\r\n", 400),
                row("blank lines only", "\r\n\r\n\r\n" + MARK + " x\r\n\r\n", 400),
                row("TRACE", "TRACE /" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 405),
                row("TRACE in small letters", "trace /" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 405),
                row("CONNECT in mixed letters", "Connect /" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 405),
                row(
                        "chunk extension with a bare LF",
                        post("Transfer-Encoding: chunked\r\n", "2;\nhi\r\n0\r\n\r\n"),
                        400),
                row("chunk longer than it says", post("Transfer-Encoding: chunked\r\n", "2\r\nhi!!\r\n0\r\n\r\n"), 400),
                row("trailer without a colon", post("Transfer-Encoding: chunked\r\n", "0\r\nTwo words\r\n\r\n"), 400),
                row("TRACE on ours", "TRACE " + REFRESH + " HTTP/1.1\r\n" + HOST + "X-M: " + MARK + "\r\n\r\n", 405),
                row("CONNECT", "CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + "X-M: " + MARK + "\r\n\r\n", 405),
                row("method with a bracket", "G(T /" + MARK + " HTTP/1.1\r\n" + HOST + "\r\n", 400),
                row("long line", get("/" + MARK + "a".repeat(10_000)), 414),
                row("long fields", get("/" + MARK, "X-Long: " + "a".repeat(20_000) + "\r\n"), 431),
                row("many fields", get("/" + MARK, "X-A: b\r\n".repeat(4_000)), 431),
                row("many short fields", get("/" + MARK, "a:\r\n".repeat(250)), 431),
                row(
                        "chunk size not hex",
                        post("Transfer-Encoding: chunked\r\n", "zz\r\n" + MARK + "\r\n0\r\n\r\n"),
                        400),
                row("negative chunk", post("Transfer-Encoding: chunked\r\n", "-1\r\n" + MARK + "\r\n0\r\n\r\n"), 400),
                row("chunk size overflow", post("Transfer-Encoding: chunked\r\n", "fffffffff\r\n" + MARK), 400));
    }

    static Stream<Arguments> targets() {
        List<Arguments> rows = new ArrayList<>();
        for (String path : List.of(
                "/../" + MARK,
                "/a/../" + MARK,
                "/a/..",
                "/%2e%2e/" + MARK,
                "/a/%2E%2E/" + MARK,
                "/a/.%2e/" + MARK,
                "/a/..;x/" + MARK,
                "/a/..%2f" + MARK,
                "/a%00/" + MARK,
                "/a%5c" + MARK,
                "/a%5C..%5C" + MARK,
                "/a\\" + MARK,
                "/" + MARK + "#part",
                "*",
                MARK,
                "http://evil.example/" + MARK,
                "http://acme.localhost@evil.example/" + MARK,
                "https://acme.localhost:99/" + MARK,
                "ftp://acme.localhost/" + MARK,
                "http:///" + MARK,
                "//../" + MARK,
                "/api//" + MARK,
                "/api/;" + MARK,
                "/api/%2f" + MARK,
                "/api/%2F" + MARK,
                "/t//acme/" + MARK,
                "/t/acme;x/" + MARK,
                "/tenants//acme/" + MARK,
                "/tenants/acme/./transactions",
                "/tenants/acme/%2e/" + MARK,
                "/tenants/acme/customers;" + MARK,
                "/tenants/acme%2f..%2fbistro",
                "/tenants/acme/../bistro/" + MARK,
                "/tenants/acme/%c0%ae%c0%ae/" + MARK,
                "/tenants/acme/%0d%0aX:" + MARK,
                "/tenants/acme/%zz" + MARK,
                "/payment-token/acme//generate",
                "/payment-token/acme/generate;" + MARK,
                "//tenants/acme//" + MARK,
                "/%74enants/acme//" + MARK,
                "/api;x/" + MARK)) {
            rows.add(row("GET " + path, get(path, KEY), 400));
        }
        return rows.stream();
    }

    static Stream<Arguments> bodies() {
        String token = "\"paymentToken\":\"sess_" + MARK + "\"";
        return Stream.of(
                row("not JSON", charge(MARK), 400),
                row("nothing", charge(""), 400),
                row("trailing text", charge("{" + token + "} " + MARK), 400),
                row("two documents", charge("{" + token + "}{" + token + "}"), 400),
                row("NaN", charge("{" + token + ",\"a\":NaN}"), 400),
                row("comment", charge("{" + token + "/*x*/}"), 400),
                row("single quotes", charge("{'paymentToken':'" + MARK + "'}"), 400),
                row("trailing comma", charge("{" + token + ",}"), 400),
                row("control character", charge("{" + token + ",\"a\":\"\n\"}"), 400),
                row("BOM", charge("\u00EF\u00BB\u00BF{" + token + "}"), 400),
                row("UTF-16", charge(latin1(("{" + token + "}").getBytes(StandardCharsets.UTF_16BE))), 400),
                row("invalid UTF-8", charge("{" + token + ",\"a\":\"\u00FF\u00FE\"}"), 400),
                row("overlong UTF-8", charge("{" + token + ",\"a\":\"\u00C0\u00AE\"}"), 400),
                row("half a surrogate in UTF-8", charge("{" + token + ",\"a\":\"\u00ED\u00A0\u0080\"}"), 400),
                row("depth 1,000", charge("{" + token + ",\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}"), 400),
                row("array", charge("[{" + token + "}]"), 400, 422),
                row("string", charge("\"" + MARK + "\""), 400, 422),
                row("null", charge("null"), 400, 422),
                row("duplicate key", charge("{" + token + "," + token + "}"), 422),
                row("duplicate key, deep", charge("{" + token + ",\"a\":[{\"b\":1,\"b\":2}]}"), 422),
                row("key twice, once escaped", charge("{" + token + ",\"payment\\u0054oken\":\"b\"}"), 422),
                row("other spelling", charge("{" + token + ",\"PaymentToken\":\"b\"}"), 422),
                row(
                        "homoglyph",
                        charge(latin1("{\"p\u0430ymentToken\":\"Zebra77\"}".getBytes(StandardCharsets.UTF_8))),
                        422),
                row("token is a number", charge("{\"paymentToken\":77,\"a\":\"" + MARK + "\"}"), 422),
                row("token is empty", charge("{\"paymentToken\":\"\",\"a\":\"" + MARK + "\"}"), 422),
                row("token is long", charge("{\"paymentToken\":\"" + MARK + "a".repeat(5000) + "\"}"), 422),
                row("token with a blank", charge("{\"paymentToken\":\"" + MARK + " x\"}"), 422),
                row("token with CR LF", charge("{\"paymentToken\":\"" + MARK + "\\r\\nX: y\"}"), 422),
                row("intent is a list", charge("{" + token + ",\"intent\":[]}"), 422),
                row("intent unknown", charge("{" + token + ",\"intent\":\"" + MARK + "\"}"), 422),
                row("10,000 keys", charge("{" + token + keys(10_000) + "}"), 413),
                row("many keys", charge("{" + token + keys(1_000) + "}"), 409),
                row("too large", charge("{" + token + ",\"a\":\"" + "a".repeat(17_000) + "\"}"), 413),
                row("unknown token", charge("{" + token + "}"), 409),
                row("card", charge("{" + token + ",\"n\":\"4242424242424242 " + MARK + "\"}"), 422),
                row("no media type", "POST " + CHARGE + " HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\n{}", 415),
                row("gzip", charge(MARK, "Content-Encoding: gzip\r\n"), 415),
                row("form", charge(MARK).replace("application/json", "application/x-www-form-urlencoded"), 415),
                row("other charset", charge(MARK).replace("json", "json;charset=latin1"), 415),
                row("charset said twice", charge(MARK).replace("json", "json; charset=utf-16; charset=utf-8"), 415),
                row("charset in two forms", charge(MARK).replace("json", "json; charset*=utf-8''utf-16"), 415),
                row("media type said twice", charge("{" + token + "}", "Content-Type: text/plain\r\n"), 400, 415),
                row(
                        "key in full-width digits",
                        charge(
                                "{" + token + "}",
                                "Idempotency-Key: " + latin1("４２".repeat(8).getBytes(StandardCharsets.UTF_8)) + "\r\n"),
                        422),
                row("media type is nonsense", charge(MARK).replace("application/json", "/;;=" + MARK), 415),
                row("bad flow", charge("{" + token + "}", "X-Checkout-Flow: " + MARK + "\r\n"), 400),
                row(
                        "two flows",
                        charge(
                                "{" + token + "}",
                                "X-Checkout-Flow: " + "a".repeat(30) + "\r\n",
                                "X-Checkout-Flow: " + MARK.repeat(4) + "\r\n"),
                        400),
                row("foreign origin", charge("{" + token + "}", "Origin: https://" + MARK + ".example\r\n"), 403),
                row("null origin", charge("{" + token + "}", "Origin: null\r\n"), 403),
                row(
                        "broken chunk",
                        "POST " + CHARGE + " HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\nxyz" + MARK + "\r\n",
                        400),
                row(
                        "chunks without end",
                        "POST " + CHARGE + " HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n"
                                + ("1000\r\n" + "a".repeat(4096) + "\r\n").repeat(6),
                        413),
                row("key without a key", get(TENANTS), 401),
                row("bad key", get(TENANTS, "Authorization: Bearer " + MARK + "\r\n"), 401),
                row("two keys", get(TENANTS, KEY, KEY), 400, 401),
                row("Basic nonsense", get(TENANTS, "Authorization: Basic !!" + MARK + "\r\n"), 401),
                row("tenant with odd letters", get("/tenants/acme%20" + MARK, KEY), 401),
                row("no such tenant", get("/t/" + MARK + "/api/payment-token/refresh"), 404, 400),
                row("two tenants", get(REFRESH, "X-Tenant-Id: " + MARK + "\r\n"), 400),
                row("method on ours", "PUT " + REFRESH + " HTTP/1.1\r\n" + HOST + "X: " + MARK + "\r\n\r\n", 405),
                row("made-up method on ours", "ZEBRA77 " + CHARGE + " HTTP/1.1\r\n" + HOST + "\r\n", 405),
                row(
                        "management path",
                        "GET /actuator/env HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                        404));
    }

    private static String keys(int count) {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < count; i++) {
            keys.append(",\"k").append(i).append("\":1");
        }
        return keys.toString();
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"framing", "targets", "bodies"})
    void input_thatNobodyShouldSend_isRefusedOnce_andGoesNowhere(String name, String bytes, Set<Integer> right)
            throws IOException {
        log.clear();
        int atShop = shop.calls().size();
        long atPekoPay = callsOfClients();
        Wire.Said said;
        try (Wire wire = new Wire(edge.port())) {
            said = wire.send(bytes).rest(10_000);
        }
        assertThat(said.statuses()).as(said.text()).hasSizeLessThan(2);
        assertThat(right).as(said.text()).contains(said.status());
        assertThat(said.closed()).isTrue();
        assertThat(said.text()).doesNotContain(MARK).doesNotContainIgnoringCase("exception");
        if (bytes.startsWith("POST /Zebra77")) {
            // The head of such a request is good, so the shop may have been asked before its body turned out bad.
            assertThat(shop.calls()).noneMatch(call -> call.text().contains(MARK));
        } else {
            assertThat(shop.calls()).hasSize(atShop);
        }
        assertThat(callsOfClients()).isEqualTo(atPekoPay);
        for (ILoggingEvent event : log.events()) {
            if (event.getLoggerName().endsWith("DefaultPromise.rejectedExecution")) {
                continue; // of a gateway that an earlier test has ended
            }
            assertThat(event.getThrowableProxy())
                    .as(event.getFormattedMessage())
                    .isNull();
            assertThat(event.getLevel().isGreaterOrEqual(Level.ERROR))
                    .as(event.getFormattedMessage())
                    .isFalse();
            assertThat(LogLines.text(event)).doesNotContain(MARK);
        }
    }

    /** What the gateway asks of its own accord, to fill the reserve, does not count. */
    private long callsOfClients() {
        return pekoPay.calls().stream().filter(call -> !call.isMint()).count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/search?q=a|b",
                "/search?q={a}",
                "/search?q=a^b",
                "/search?q=100%",
                "/search?q=%zz&x=%",
                "/search?q=[a]",
                "/search?q=`a`",
                "/search?q=<a>\"b\"",
                "/search?q=\\",
                "/search?q=../../x&y=//;%2f%00",
                "/search?q=http://x/?y",
                "/search?q=gr\u00FC\u00DF",
                "/a|b/[slug]/100%?q=1",
                "/_next/...slug/a..b/..c",
                "/a//b;c=1/%2f",
                "/apiary//x",
                "http://acme.localhost/search?q=1",
                "/search??"
            })
    void storefront_whatBrowsersLeaveRaw_isCarried(String target) throws IOException {
        try (Wire wire = new Wire(edge.port())) {
            Wire.Said said = wire.send(get(target)).rest(10_000);
            assertThat(said.statuses()).as(said.text()).containsExactly(200);
        }
        Call got = shop.calls().get(shop.calls().size() - 1);
        String asked = target.startsWith("http") ? target.substring("http://acme.localhost".length()) : target;
        String came = got.path() + (got.query() == null ? "" : "?" + got.query());
        assertThat(decoded(came)).isEqualTo(decoded(asked));
    }

    private static String decoded(String target) {
        StringBuilder to = new StringBuilder();
        for (int i = 0; i < target.length(); i++) {
            boolean escape = target.charAt(i) == '%' && target.substring(i).matches("(?s)%[0-9a-fA-F]{2}.*");
            to.append(escape ? (char) Integer.parseInt(target.substring(i + 1, i + 3), 16) : target.charAt(i));
            i += escape ? 2 : 0;
        }
        return to.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-HTTP-Method-Override: DELETE",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Prefix: /evil",
                "Forwarded: for=6.6.6.6;host=evil.example",
                "X-Original-URL: /evil",
                "X-Rewrite-URL: /evil",
                "Range: bytes=0-1",
                "If-None-Match: *",
                "If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT",
                "Expect: 200-ok",
                "Expect: 100-continue",
                "TE: trailers, deflate",
                "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "Connection: close, Authorization, X-Request-Id, Content-Length, Host",
                "Proxy-Authorization: Basic eDp5",
                "Accept-Encoding: gzip, br",
                "X-Request-Id: chosen",
                "Cookie: a=b"
            })
    void charge_withFieldsThatMeanSomethingElsewhere_isAPlainCharge(String fields) throws IOException {
        String flow = flow();
        String token = edge.refresh("acme", flow);
        String body = EdgeUnderTest.body(token);
        try (Wire wire = new Wire(edge.port())) {
            Wire.Said said = wire.send("POST " + CHARGE + " HTTP/1.1\r\nHost: acme.localhost\r\n" + fields
                            + "\r\nX-Checkout-Flow: " + flow + "\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\nX-Last: 1\r\n"
                            + (fields.contains("close") ? "" : "Connection: close\r\n")
                            + "\r\n" + body)
                    .rest(10_000);
            assertThat(said.statuses()).as(said.text()).containsExactly(201);
            assertThat(said.text()).doesNotContain("evil", "6.6.6.6", "chosen", "101 Switching");
        }
        Call sent = pekoPay.calls().stream()
                .filter(call -> token.equals(call.paymentToken()))
                .findFirst()
                .orElseThrow();
        assertThat(sent.method()).isEqualTo("POST");
        assertThat(sent.path()).isEqualTo("/tenants/acme/transactions");
        assertThat(Set.of(
                        "content-type",
                        "content-length",
                        "accept",
                        "accept-encoding",
                        "accept-language",
                        "user-agent",
                        "idempotency-key",
                        "x-request-id",
                        "traceparent",
                        "tracestate",
                        "host",
                        "authorization"))
                .containsAll(
                        sent.headers().names().stream().map(String::toLowerCase).toList());
        assertThat(sent.header("X-Request-Id")).isNotEqualTo("chosen");
    }

    @Test
    void pipelined_requestsAreAnsweredInTurn_andRefusalComesInTurnToo() throws IOException {
        String refresh = "GET " + REFRESH + " HTTP/1.1\r\nHost: acme.localhost\r\n\r\n";
        try (Wire wire = new Wire(edge.port())) {
            Wire.Said said = wire.send(refresh.repeat(5) + "TRACE / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n" + refresh)
                    .rest(10_000);
            assertThat(said.statuses()).containsExactly(200, 200, 200, 200, 200, 405);
            assertThat(said.closed()).isTrue();
        }
    }

    @Test
    void pipelined_farAhead_isCutOff_andOthersAreServed() throws IOException {
        String refresh = "GET " + REFRESH + " HTTP/1.1\r\nHost: acme.localhost\r\n\r\n";
        try (Wire wire = new Wire(edge.port())) {
            Thread sender = new Thread(() -> {
                try {
                    wire.send(refresh.repeat(20_000));
                } catch (IOException cut) {
                    // as it should be
                }
            });
            sender.start();
            assertThat(edge.get(REFRESH).statusCode()).isEqualTo(200);
            Wire.Said said = wire.rest(10_000);
            assertThat(said.closed()).isTrue();
            assertThat(said.statuses()).hasSizeLessThan(20_000).allMatch(status -> status == 200);
            Awaitility.await().until(() -> !sender.isAlive());
        }
        assertThat(edge.get(REFRESH).statusCode()).isEqualTo(200);
    }

    private Map<String, Wire.Said> slowClients() {
        String body = "Content-Type: application/json\r\nContent-Length: 900\r\nTransfer: none\r\n\r\n{";
        try (Wire head = new Wire(edge.port());
                Wire second = new Wire(edge.port());
                Wire browser = new Wire(edge.port());
                Wire backend = new Wire(edge.port());
                Wire stream = new Wire(edge.port())) {
            head.send("GET /" + MARK + " HTTP/1.1\r\n");
            second.send("GET " + REFRESH + " HTTP/1.1\r\nHost: acme.localhost\r\n\r\nGET /");
            browser.send("POST " + CHARGE + " HTTP/1.1\r\nHost: acme.localhost\r\n" + body);
            backend.send("POST /tenants/acme/transactions HTTP/1.1\r\nHost: acme.localhost\r\n" + KEY + body);
            stream.send("POST " + TENANTS + " HTTP/1.1\r\nHost: acme.localhost\r\n" + KEY + body);
            for (int tenths = 0; tenths < 90; tenths++) {
                CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
                        .join();
                head.send(tenths % 8 == 0 ? "X-A: b\r\n" : "");
                browser.send(tenths % 10 == 0 ? " " : "");
                backend.send(tenths % 10 == 0 ? " " : "");
                stream.send(tenths % 10 == 0 ? " " : "");
            }
            return Map.of(
                    "head", head.rest(30_000),
                    "second", second.rest(30_000),
                    "browser", browser.rest(30_000),
                    "backend", backend.rest(30_000),
                    "stream", stream.rest(30_000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void slowClients_areCut_bodiesWithAnAnswer() {
        Map<String, Wire.Said> said = slow.join();
        assertThat(said.values()).allMatch(Wire.Said::closed);
        assertThat(said.get("head").text()).isEmpty();
        assertThat(said.get("second").statuses()).containsExactly(200);
        assertThat(said.get("browser").text()).startsWith("HTTP/1.1 408 ").contains("request-timeout");
        assertThat(said.get("backend").text()).startsWith("HTTP/1.1 408 ").contains("request-timeout");
        assertThat(said.get("stream").text()).startsWith("HTTP/1.1 408 ").contains("request-timeout");
    }

    @Test
    void clientThatLeavesMidBody_costsNothing_andIsNoFaultOfOurs() throws IOException {
        log.clear();
        for (String path : List.of(CHARGE, "/upload", "/tenants/acme/customers", "/tenants/acme/transactions")) {
            try (Wire wire = new Wire(edge.port())) {
                wire.send("POST " + path + " HTTP/1.1\r\nHost: acme.localhost\r\n" + KEY
                        + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a\"");
                assertThat(wire.rest(300).text()).isEmpty();
            }
        }
        assertThat(edge.get(REFRESH).statusCode()).isEqualTo(200);
        Awaitility.await()
                .until(() -> log.events().stream()
                                .filter(event -> event.getKeyValuePairs() != null)
                                .count()
                        >= 5);
        assertThat(log.events())
                .noneMatch(event ->
                        event.getThrowableProxy() != null || event.getLevel().isGreaterOrEqual(Level.ERROR));
    }
}
