package io.pekopayedge.operate;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.pekopayedge.operate.ConsoleStub.ago;
import static io.pekopayedge.operate.ConsoleStub.map;
import static io.pekopayedge.operate.ConsoleStub.reserve;
import static io.pekopayedge.operate.ConsoleStub.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.pekopayedge.browser.Chromium;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An operator at the console: a real browser, most of it by keyboard. Screenshots go to {@code target/screenshots}. */
class ConsoleIT {
    private static Chromium chromium;
    private static ConsoleStub stub;
    private final List<String> complaints = new ArrayList<>();
    private Page page;

    @BeforeAll
    static void open() {
        chromium = Chromium.start();
        stub = new ConsoleStub();
    }

    @AfterAll
    static void close() {
        if (chromium != null) {
            chromium.close();
            stub.close();
        }
    }

    @BeforeEach
    void look() {
        stub.reset();
        stub.tenants = List.of(tenant("acme"), tenant("bistro", "reserve", reserve(12, 0, 12, 0.02)));
        page = chromium.browser().newPage(new Browser.NewPageOptions().setViewportSize(1280, 800));
        // A breach of the content security policy is a console error.
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }

    @AfterEach
    void leave() {
        page.close();
    }

    @Test
    void healthy_twoTenants_saysThatNobodyIsTurnedAway() {
        show();

        assertThat(page.locator("#summary")).hasText("2 tenants, no shopper is turned away");
        assertThat(card("acme").locator(".badge")).hasText("fine");
        assertThat(card("acme")).containsText("36 fresh, 4 stale of 40; oldest 22 min");
        assertThat(card("acme")).containsText("4.0 a minute; reserve lasts 10 min");
        assertThat(card("acme")).containsText("flowing, 1,204 ok, 3 failed, last 84 ms");
        assertThat(page.locator("#unknown")).isHidden();
        picture("healthy");
        assertThat(complaints).isEmpty();
    }

    @Test
    void outage_worstTenantFirst_saysWhatIsCutAndHowLongTheReserveLasts() {
        stub.tenants = List.of(tenant("acme"), outage("bistro", 0, 0), outage("corner", 30, 9), cutOff("deli"));
        stub.invalid = List.of(map(
                "file",
                "enoteca.yml",
                "line",
                7,
                "key",
                "credentials.client-secret",
                "reason",
                "${ENOTECA_SECRET} is not set",
                "remedy",
                "set the variable, or name a client-secret-file"));
        show();

        assertThat(page.locator("#summary")).hasText("4 tenants, 2 in trouble, 1 file with mistakes");
        assertThat(page.locator(".card h3")).hasText(new String[] {"bistro", "deli", "corner", "acme"});
        assertThat(card("bistro").locator(".badge")).hasText("no tokens: timeout");
        assertThat(card("deli").locator(".badge")).hasText("charging is cut");
        assertThat(card("corner").locator(".badge")).hasText("minting is cut");
        assertThat(card("corner")).containsText("reserve lasts 10 min");
        assertThat(page.locator("#invalid")).containsText("enoteca.yml, line 7, credentials.client-secret");
        picture("outage");
        assertThat(complaints).isEmpty();
    }

    @Test
    void unknownCharge_byKeyboardAlone_isSettledAndFocusStaysNear() {
        stub.charges.add(charge("9f86d081884c7d65"));
        stub.charges.add(charge("60303ae22b998861"));
        show();
        assertThat(page.locator("#unknown-title")).hasText("2 unknown charges");
        picture("unknown");

        press("Tab", "Tab", "Enter");
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        assertThat(page.locator("input[value=charged]")).isFocused();
        press("Escape");
        assertThat(page.getByRole(AriaRole.DIALOG)).isHidden();
        assertThat(settleButton("9f86d081884c7d65")).isFocused();

        press("Enter", "ArrowDown", "ArrowUp", "Tab");
        page.keyboard().type("Ada");
        press("Tab");
        page.keyboard().type("tx 4711");
        picture("settling");
        press("Enter");

        assertThat(page.getByRole(AriaRole.DIALOG)).isHidden();
        assertThat(page.locator("#unknown-title")).hasText("1 unknown charge");
        assertThat(page.locator("#summary")).containsText("Charge 9f86d081884c7d65 settled as charged.");
        assertThat(stub.settled).containsExactly("9f86d081884c7d65 charged Ada tx 4711");
        assertThat(page.evaluate("document.activeElement.id")).isEqualTo("tenants");
        picture("settled");
        assertThat(complaints).isEmpty();
    }

    @Test
    void settling_refused_saysWhyAndAsksForTheKey() {
        stub.charges.add(charge("9f86d081884c7d65"));
        stub.settleStatus = 409;
        show();
        settleButton("9f86d081884c7d65").click();
        page.getByLabel("there: charged").check();
        page.getByLabel("Your name").fill("Ada");
        page.keyboard().press("Enter");

        assertThat(page.locator("#settle-problem")).hasText("Not settled: this charge is not unknown");
        assertThat(page.getByLabel("Operator key")).isHidden();

        // No key helps: none is configured, or it is another site's page.
        stub.settleStatus = 403;
        page.waitForResponse("**/actuator/charges/*", () -> page.keyboard().press("Enter"));
        assertThat(page.locator("#settle-form [type=submit]")).isEnabled();
        assertThat(page.getByLabel("Operator key")).isHidden();

        stub.settleStatus = 401;
        page.keyboard().press("Enter");
        assertThat(page.locator("#settle-problem")).hasText("From here the operator’s key is needed.");
        assertThat(page.getByLabel("Operator key")).isFocused();
        page.keyboard().type("k");
        page.keyboard().press("Enter");
        assertThat(page.locator("#settle-problem")).hasText("This key was not accepted.");
        stub.settleStatus = 200;
        page.keyboard().press("Enter");
        assertThat(page.getByRole(AriaRole.DIALOG)).isHidden();
        assertThat(stub.settled).hasSize(1);
    }

    @Test
    void gateway_gone_pageSaysSoAndRecovers() {
        show();
        page.route("**/actuator/**", route -> route.abort());

        assertThat(page.locator("#silence")).containsText("The gateway does not answer");
        picture("silence");
        page.unroute("**/actuator/**");
        assertThat(page.locator("#silence")).isHidden();
    }

    @Test
    void ledger_away_unknownChargesStand_andTheRestGoesOn() {
        stub.charges.add(charge("9f86d081884c7d65"));
        show();
        page.route("**/actuator/charges?**", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));

        assertThat(page.locator("#silence")).hasText("Unknown charges cannot be listed now (status 503).");
        stub.tenants = List.of(tenant("acme"));
        assertThat(page.locator("#summary")).hasText("1 tenant, no shopper is turned away, 1 charge to settle");
        assertThat(page.locator("#unknown-title")).hasText("1 unknown charge");
        page.unroute("**/actuator/charges?**");
        assertThat(page.locator("#silence")).isHidden();
    }

    @Test
    void hiddenPage_doesNotAsk_untilSomebodyLooksAgain() {
        show();
        page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})");
        await().until(() -> {
            int before = stub.asked;
            page.waitForTimeout(2500);
            return stub.asked == before;
        });
        int before = stub.asked;
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");

        await().until(() -> {
            page.waitForTimeout(50);
            return stub.asked > before;
        });
    }

    @Test
    void hostileNames_areTextAndNothingElse() {
        String hostile = "<img src=x onerror=document.title='owned'>";
        stub.tenants = List.of(tenant("acme", "file", hostile, "environment", hostile));
        stub.charges.add(map("id", "1", "tenant", hostile, "intent", hostile, "since", ago(60), "requestId", hostile));
        stub.invalid = List.of(map("file", hostile, "line", null, "key", hostile, "reason", hostile, "remedy", null));
        show();

        assertThat(page.locator("#unknown-list")).containsText(hostile);
        assertThat(page.locator("main img")).hasCount(0);
        assertThat(page.title()).isEqualTo("● pekopay-edge");
    }

    @Test
    void fieldsAbsent_areDashes() {
        var bare = new LinkedHashMap<String, Object>();
        bare.put("id", "bare");
        stub.tenants = List.of(bare);
        show();

        assertThat(card("bare")).containsText("– fresh, – stale of –; oldest –");
        assertThat(complaints).isEmpty();
    }

    @Test
    void thousandTenants_arePagedAndFoundByTyping() {
        stub.tenants = IntStream.range(0, 1000)
                .mapToObj(n -> tenant("shop-%04d".formatted(n)))
                .toList();
        show();
        assertThat(page.locator(".card")).hasCount(60);
        assertThat(page.locator("#more")).hasText("Show more of 1,000");

        press("/");
        page.keyboard().type("0999");
        assertThat(page.locator(".card h3")).hasText("shop-0999");
        page.locator("#find").fill("nobody");
        assertThat(page.locator("#none")).isVisible();
        page.locator("#find").fill("");
        page.getByLabel("only those in trouble").check();
        assertThat(page.locator(".card")).hasCount(0);
    }

    @Test
    void phone_inTheDark_fitsWithoutScrollingSideways() {
        stub.tenants = List.of(tenant("acme"), outage("bistro", 30, 9));
        stub.charges.add(charge("9f86d081884c7d65"));
        page.setViewportSize(375, 780);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        show();

        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= 375"))
                .isTrue();
        assertThat(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                .isEqualTo("rgb(20, 23, 28)");
        picture("phone-dark");
        settleButton("9f86d081884c7d65").click();
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= 375"))
                .isTrue();
        picture("phone-dark-settling");
        page.setViewportSize(1280, 800);
        page.keyboard().press("Escape");
        picture("dark");
    }

    @Test
    void colours_lightAndDark_haveEnoughContrast() {
        stub.tenants = List.of(tenant("acme"), outage("bistro", 30, 9), outage("corner", 0, 0));
        stub.charges.add(charge("9f86d081884c7d65"));
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            show();
            // WCAG 2.2 §1.4.3: 4.5 : 1 for text.
            assertThat((List<?>) page.evaluate(Contrast.BELOW_4_5))
                    .as("%s", scheme)
                    .isEmpty();
        }
    }

    private void show() {
        page.navigate(stub.url() + "/console");
        assertThat(page.locator("#asked")).containsText("as of");
    }

    private Locator card(String id) {
        return page.getByRole(AriaRole.ARTICLE, new Page.GetByRoleOptions().setName("Tenant " + id));
    }

    private Locator settleButton(String id) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Settle charge " + id));
    }

    private void press(String... keys) {
        for (String key : keys) {
            page.keyboard().press(key);
        }
    }

    private void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screenshots/console-" + name + ".png"))
                .setFullPage(true));
    }

    private static Map<String, Object> charge(String id) {
        return map("id", id, "tenant", "acme", "intent", "charge", "since", ago(754), "requestId", "7f3c2a9e51d04b6c");
    }

    private static Map<String, Object> outage(String id, int fresh, int stale) {
        return tenant(
                id,
                "reserve",
                reserve(fresh, stale, 40, 0.066),
                "breakers",
                map("mint", "OPEN", "charge", "CLOSED"),
                "mint",
                map("ok", 90, "failed", 31, "lastMillis", 2003, "lastFailure", map("at", ago(4), "reason", "timeout")));
    }

    private static Map<String, Object> cutOff(String id) {
        return tenant(
                id,
                "breakers",
                map("mint", "CLOSED", "charge", "OPEN"),
                "charges",
                map("accepted", 90, "declined", 4, "replayed", 1, "refused", 0, "unknown", 6, "unreachable", 14),
                "credentials",
                map(
                        "current",
                        map("fingerprint", "0badcafe", "since", ago(90), "lastRefused", null),
                        "previous",
                        map("fingerprint", "9f2c41ab", "since", ago(900_000), "lastRefused", null)));
    }
}
