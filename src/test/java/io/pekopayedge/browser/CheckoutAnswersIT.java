package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.pekopayedge.sandbox.DemoStorefront;
import io.pekopayedge.sandbox.PekoPaySandbox;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo page alone, with answers put into its mouth: every answer of the gateway, and what the page makes of it. */
class CheckoutAnswersIT {
    private static Chromium chromium;
    private static PekoPaySandbox pekoPay;
    private static DemoStorefront shop;
    private final Deque<Route.FulfillOptions> answers = new ArrayDeque<>();
    private final List<String> charges = new ArrayList<>();
    private BrowserContext context;
    private CheckoutPage checkout;

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            201 |                        | paid     | Your order is paid
            402 |                        | declined | Nothing was charged. Please use another card
            400 |                        | declined | Nothing was charged
            504 | charge-outcome-unknown | checking | Please do not pay again
            409 | charge-outcome-unknown | checking | Please do not pay again
            502 | upstream-error         | checking | Please do not pay again
            500 | internal-error         | checking | Please do not pay again
            599 |                        | checking | Please do not pay again
            418 | of-tomorrow            | checking | Please do not pay again
            502 | credentials-refused    | closed   | Nothing was charged
            422 | charge-invalid         | closed   | Nothing was charged
            409 | token-unknown          | ready    | Nothing was charged. Please enter your card again
            403 | token-not-yours        | ready    | Nothing was charged. Please enter your card again
            409 | token-spent            | ready    | we did not charge it again
            """)
    void charge_answered_showsWhatIsTrue(int status, String problem, String state, String text) throws IOException {
        answers.add(problem == null ? json(status, "{\"id\":\"txn_1\"}") : problem(status, problem, null));
        checkout.pay(TestCards.PAYS).shows(state).says(text).picture("answer-" + status + "-" + problem);
        assertThat(charges).hasSize(1);
        assertThat(Accessibility.violations(checkout.page())).isEmpty();
        assertThat(checkout.page().locator("#pay-button").isVisible())
                .isEqualTo(List.of("declined", "ready").contains(state));
    }

    @Test
    void charge_lostThenAnswered_repeatsTheSameBytes() {
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(problem(409, "charge-in-progress", "1"));
        answers.add(problem(503, "ledger-unavailable", "1"));
        answers.add(json(201, "{\"id\":\"txn_7\"}"));
        checkout.pay(TestCards.PAYS)
                .says("you will not be charged twice")
                .shows("paid")
                .says("txn_7");
        assertThat(charges).hasSize(4).containsOnly(charges.get(0));
    }

    @Test
    void charge_lostThenTokenUnknown_isNotToldAsUncharged() {
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(problem(409, "token-unknown", null));
        checkout.pay(TestCards.PAYS).shows("checking").says("Please do not pay again");
    }

    @Test
    void charge_busyThenFree_waitsAsToldAndPays() {
        answers.add(problem(503, "upstream-unreachable", "1"));
        answers.add(json(201, "{\"id\":\"txn_8\"}"));
        checkout.pay(TestCards.PAYS)
                .says("Nothing was charged; we try again in 1 second")
                .shows("paid");
        assertThat(charges).hasSize(2);
    }

    @Test
    void charge_limitedForLong_saysWhenAndTakesNoClickBefore() {
        answers.add(problem(429, "rate-limited", "3600"));
        checkout.pay(TestCards.PAYS).shows("waiting").says("Please try again in 60 minutes");
        assertThat(checkout.payButton().getAttribute("aria-disabled")).isEqualTo("true");
    }

    @Test
    void reload_afterTheAnswer_showsItAgainWithoutAsking() {
        answers.add(problem(504, "charge-outcome-unknown", null));
        checkout.pay(TestCards.PAYS).shows("checking");
        checkout.page().reload();
        checkout.shows("checking");
        assertThat(charges).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"LIGHT", "DARK"})
    void page_anyLightAndSize_isAccessibleAndFits(ColorScheme scheme) throws IOException {
        Page page = checkout.page();
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.getByText("A demo shop: cards to try").click();
        checkout.fillCard(TestCards.PAYS).picture("wide-" + scheme);
        assertThat(Accessibility.violations(page)).isEmpty();
        for (int width : new int[] {390, 320}) {
            page.setViewportSize(width, 844);
            checkout.picture("phone-" + width + "-" + scheme);
            assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        }
        page.navigate(pekoPay.browserUrl().resolve("/fields").toString());
        String shopsGround = scheme == ColorScheme.DARK ? "#201e1b" : "#fffefb";
        page.addStyleTag(new Page.AddStyleTagOptions().setContent("html { background: " + shopsGround + " }"));
        assertThat(Accessibility.violations(page)).isEmpty();
    }

    @Test
    void page_byKeyboardAlone_pays() {
        answers.add(json(201, "{\"id\":\"txn_9\"}"));
        Page page = checkout.page();
        for (String typed : List.of(TestCards.PAYS, "1239", "123")) {
            page.keyboard().press("Tab");
            page.keyboard().type(typed);
        }
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        checkout.shows("paid");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("result-title");
    }

    @Test
    void cardFields_notFilled_complainAndNothingIsSent() {
        checkout.clickPay();
        com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat(
                        checkout.cardFields().getByText("Check the card number"))
                .isVisible();
        checkout.shows("ready");
        assertThat(charges).isEmpty();
    }

    private void answer(Route route) {
        charges.add(route.request().postData());
        Route.FulfillOptions next = answers.remove();
        if (next.status == 0) {
            route.abort("connectionreset");
        } else {
            route.fulfill(next);
        }
    }

    private static Route.FulfillOptions json(int status, String body) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setContentType("application/json")
                .setBody(body);
    }

    private static Route.FulfillOptions problem(int status, String name, String retryAfter) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(retryAfter == null ? Map.of() : Map.of("Retry-After", retryAfter))
                .setContentType("application/problem+json")
                .setBody("{\"type\":\"urn:pekopay-edge:problem:" + name + "\",\"status\":" + status + "}");
    }

    private static String mint() {
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
