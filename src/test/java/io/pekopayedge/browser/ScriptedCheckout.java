package io.pekopayedge.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.pekopayedge.sandbox.DemoStorefront;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The demo page alone, with answers put into its mouth, one for each charge that it sends. */
abstract class ScriptedCheckout {
    private static Chromium chromium;
    static PekoPaySandbox pekoPay;
    private static DemoStorefront shop;
    final Deque<Route.FulfillOptions> answers = new ArrayDeque<>();
    final List<String> charges = new ArrayList<>();
    final List<String> flows = new ArrayList<>();
    BrowserContext context;
    CheckoutPage checkout;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        pekoPay = PekoPaySandbox.start().addClient("acme", "id", "secret");
        shop = DemoStorefront.acme(pekoPay);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            shop.close();
            pekoPay.close();
            chromium.close();
        }
    }

    @BeforeEach
    void openShop() {
        context = chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(1000, 700));
        Page page = context.newPage();
        page.route(
                "**/api/payment-token/refresh",
                route -> route.fulfill(json(200, "{\"token\":\"%s\"}".formatted(mint()))));
        page.route("**/api/checkout/charge", this::answer);
        checkout = new CheckoutPage(page).open(shop.url().toString().replace("localhost", "acme.localhost"));
    }

    @AfterEach
    void leave() {
        context.close();
    }

    private void answer(Route route) {
        charges.add(route.request().postData());
        flows.add(route.request().headers().get("x-checkout-flow"));
        Route.FulfillOptions next = answers.remove();
        if (next.status == 0) {
            route.abort("connectionreset");
        } else {
            route.fulfill(next);
        }
    }

    static Route.FulfillOptions json(int status, String body) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(Map.of("X-Request-Id", "1"))
                .setContentType("application/json")
                .setBody(body);
    }

    /** A proxy's or a log-in page's own answer, where the gateway's was expected. */
    static Route.FulfillOptions fromElsewhere(int status) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(Map.of("Retry-After", "1"))
                .setContentType("text/html")
                .setBody("<h1>Hello</h1>");
    }

    static Route.FulfillOptions problem(int status, String name, String retryAfter) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(
                        retryAfter == null
                                ? Map.of("X-Request-Id", "1")
                                : Map.of("X-Request-Id", "1", "Retry-After", retryAfter))
                .setContentType("application/problem+json")
                .setBody("{\"type\":\"urn:pekopay-edge:problem:" + name + "\",\"status\":" + status + "}");
    }

    static String mint() {
        HttpRequest mint = HttpRequest.newBuilder(pekoPay.baseUrl().resolve("/payment-token/acme/generate"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString("id:secret".getBytes()))
                .build();
        return HttpClient.newHttpClient()
                .sendAsync(mint, HttpResponse.BodyHandlers.ofString())
                .join()
                .body()
                .split("\"")[3];
    }
}
