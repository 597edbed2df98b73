package io.pekopayedge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pekopayedge.ledger.Digest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What shoppers do and what happens to them, on one page. */
class ShopperIT extends Shopping {
    @Test
    void pay_oneTime_isChargedOnceAndNobodyElseSeesTheCard() {
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS).picture("pay-before");
        Request sent = checkout.page().waitForRequest("**/api/checkout/charge", checkout::clickPay);
        checkout.shows("paid").says("txn_").picture("pay-after");

        assertThat(sent.headers()).doesNotContainKey("x-checkout-flow");
        Charge charge = onlyCharge();
        assertThat(charge.accepted()).isTrue();
        assertThat(charge.kind()).isEqualTo("transactions");
        assertThat(charge.call().json().path("amount").asText()).isEqualTo("42.00");
        assertThat(charge.call().header("Cookie")).isNull();
        assertThat(checkout.page().evaluate("document.cookie")).isEqualTo("");
        assertThat(street.pekoPay.calls()).noneMatch(call -> call.text().contains("4242"));
        assertThat(street.acme.calls())
                .isNotEmpty()
                .noneMatch(call -> String.valueOf(call.header("Cookie")).contains("checkout-flow"));
    }

    @Test
    void pay_subscription_becomesOne() {
        open(street.bistro)
                .picture("subscription-before")
                .pay(TestCards.PAYS)
                .shows("paid")
                .says("subscription has begun");
        assertThat(onlyCharge().kind()).isEqualTo("subscriptions");
    }

    @Test
    void pay_declinedThenAnotherCard_isPaidWithANewToken() {
        CheckoutPage checkout = open(street.acme)
                .pay(TestCards.DECLINED)
                .shows("declined")
                .ready()
                .picture("declined");
        checkout.pay(TestCards.PAYS).shows("paid");
        assertThat(charges())
                .extracting(Charge::result)
                .containsExactly(Charge.Result.DECLINED, Charge.Result.ACCEPTED);
        assertThat(charges()).extracting(Charge::token).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void pay_doubleOrTripleClick_isOneCharge(int clicks) {
        street.pekoPay.once(Call::isCharge, Behaviour.late(Duration.ofSeconds(1)));
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS);
        checkout.payButton().click(new Locator.ClickOptions().setClickCount(clicks));
        checkout.picture("clicks-" + clicks).shows("paid");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    /** A page that lets both clicks through: its second request waits at the gateway. */
    @Test
    void pay_doubleClickThatIsSentTwice_secondWaitsAndGetsTheFirstsAnswer() {
        street.pekoPay.once(Call::isCharge, Behaviour.late(Duration.ofSeconds(1)));
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS);
        checkout.page().evaluate("""
                () => {
                  const send = window.fetch;
                  window.fetch = async (url, options) => {
                    if (options?.method !== 'POST') return send(url, options);
                    const both = await Promise.all([send(url, options), send(url, options)]);
                    const told = async (answer) =>
                      [answer.headers.get('Idempotency-Replayed'), answer.status, await answer.clone().text()].join(' ');
                    window.told = await Promise.all(both.map(told));
                    return both[1];
                  };
                }""");
        checkout.payButton().dblclick();
        checkout.shows("paid").picture("double-click");
        List<?> told = (List<?>) checkout.page().evaluate("() => window.told.sort()");
        assertThat(told).hasSize(2);
        assertThat((String) told.get(0)).startsWith(" 201 {");
        assertThat((String) told.get(1)).isEqualTo("true" + told.get(0));
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_answerLostOnTheWayToTheBrowser_isAskedForAgainAndChargedOnce() {
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS);
        AtomicInteger answers = loseTheFirstAnswer(checkout.page());
        checkout.clickPay()
                .says("you will not be charged twice")
                .picture("answer-lost")
                .shows("paid");
        assertThat(answers).hasValue(2);
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_offlineAtTheClick_goesOnWhenTheNetworkIsBack() {
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS);
        AtomicInteger sent = new AtomicInteger();
        checkout.page().route("**/api/checkout/charge", route -> {
            if (sent.incrementAndGet() == 1) {
                route.abort("internetdisconnected");
            } else {
                route.resume();
            }
        });
        checkout.clickPay().shows("paid");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_pekoPayDown_waitsSaysThatNothingWasChargedAndThenPays() {
        CheckoutPage checkout = open(street.acme).fillCard(TestCards.PAYS);
        street.pekoPay.down();
        checkout.clickPay().says("Nothing was charged").picture("pekopay-down");
        assertThat(charges()).isEmpty();
        street.pekoPay.up();
        checkout.shows("paid");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_outcomeUnknown_neverInvitesToPayAgain() {
        CheckoutPage checkout =
                open(street.acme).pay(TestCards.ANSWER_LOST).shows("checking").picture("checking");
        checkout.says("Please do not pay again");
        assertThat(checkout.payButton()).isHidden();
        checkout.page().reload();
        checkout.shows("checking");
        CheckoutPage tab = new CheckoutPage(shopper.newPage());
        tab.page().navigate(street.at(street.acme, "/"));
        tab.shows("checking");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_slowPhone_isOneCharge() {
        shopper.close();
        shopper = chromium.browser()
                .newContext(new Browser.NewContextOptions()
                        .setViewportSize(390, 844)
                        .setHasTouch(true)
                        .setIsMobile(true)
                        .setDeviceScaleFactor(2)
                        .setColorScheme(ColorScheme.LIGHT));
        Page page = shopper.newPage();
        JsonObject slow = new JsonObject();
        slow.addProperty("offline", false);
        slow.addProperty("latency", 600);
        slow.addProperty("downloadThroughput", 40_000);
        slow.addProperty("uploadThroughput", 15_000);
        shopper.newCDPSession(page).send("Network.emulateNetworkConditions", slow);
        CheckoutPage checkout =
                new CheckoutPage(page).open(street.at(street.bistro, "/")).fillCard(TestCards.PAYS);
        checkout.picture("phone-before").payButton().tap();
        checkout.shows("paid").picture("phone-after");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void guide_asItStands_paysOnceAndRenewsItsTokenAfterADecline() {
        Page page = shopper.newPage();
        page.navigate(street.at(street.acme, "/guide"));
        CheckoutPage guide = new CheckoutPage(page).ready().fillCard(TestCards.DECLINED);
        assertThat(chargeStatus(guide, 1)).isEqualTo(402);
        guide.fillCard(TestCards.PAYS);
        assertThat(chargeStatus(guide, 3)).isEqualTo(201);
        assertThat(charges())
                .extracting(Charge::result)
                .containsExactly(Charge.Result.DECLINED, Charge.Result.ACCEPTED);
        assertThat(charges()).extracting(Charge::token).doesNotHaveDuplicates();
    }

    @Test
    void guide_ofTheOtherShop_paysToo() {
        Page page = shopper.newPage();
        page.navigate(street.at(street.bistro, "/guide"));
        CheckoutPage guide = new CheckoutPage(page).ready().fillCard(TestCards.PAYS);
        assertThat(chargeStatus(guide, 2)).isEqualTo(201);
        assertThat(onlyCharge().tenantId()).isEqualTo("bistro");
    }

    @Test
    void pages_throughTheGateway_areAccessible() throws IOException {
        CheckoutPage checkout = open(street.bistro);
        assertThat(Accessibility.violations(checkout.page())).isEmpty();
        checkout.pay(TestCards.PAYS).shows("paid");
        assertThat(Accessibility.violations(checkout.page())).isEmpty();
    }

    @Test
    void console_withAChargeToSettle_isAccessible_andSettlesIt() throws IOException {
        open(street.acme).pay(TestCards.ANSWER_LOST).shows("checking");
        Page console = shopper.newPage();
        console.navigate(street.management("/console"));
        String id = Digest.ofToken(onlyCharge().token()).id();
        Locator settle = console.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("Settle charge " + id)));
        assertThat(settle).isVisible();
        for (ColorScheme scheme : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
            console.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            Path picture = Path.of("target", "screenshots", "console-" + scheme + ".png");
            console.screenshot(new Page.ScreenshotOptions().setPath(picture));
            assertThat(Accessibility.violations(console)).isEmpty();
        }

        settle.click();
        assertThat(console.getByRole(AriaRole.DIALOG)).isVisible();
        assertThat(Accessibility.violations(console)).isEmpty();
        console.getByLabel("there: charged").check();
        console.getByLabel("Your name").fill("Ada");
        console.getByLabel("Note").fill("found in the portal");
        console.keyboard().press("Enter");
        assertThat(console.getByRole(AriaRole.DIALOG)).isHidden();
        assertThat(settle).hasCount(0);
        assertThat(console.locator("#summary")).containsText("settled as charged");
        console.reload();
        assertThat(console.getByText("Tenants").first()).isVisible();
        assertThat(settle).hasCount(0);
    }

    /** The gateway's first answer to a charge comes as far as the browser, and is thrown away there. */
    private AtomicInteger loseTheFirstAnswer(Page page) {
        AtomicInteger answers = new AtomicInteger();
        CDPSession line = shopper.newCDPSession(page);
        line.on("Fetch.requestPaused", event -> {
            JsonObject to = new JsonObject();
            to.add("requestId", event.get("requestId"));
            if (answers.incrementAndGet() == 1) {
                to.addProperty("errorReason", "ConnectionReset");
                line.send("Fetch.failRequest", to);
            } else {
                line.send("Fetch.continueRequest", to);
            }
        });
        JsonObject enable = JsonParser.parseString(
                        "{\"patterns\":[{\"urlPattern\":\"*/api/checkout/charge\",\"requestStage\":\"Response\"}]}")
                .getAsJsonObject();
        line.send("Fetch.enable", enable);
        return answers;
    }

    private static int chargeStatus(CheckoutPage guide, int clicks) {
        Response answer = guide.page()
                .waitForResponse(
                        url -> url.url().endsWith("/api/checkout/charge"),
                        () -> guide.payButton().click(new Locator.ClickOptions().setClickCount(clicks)));
        return answer.status();
    }
}
