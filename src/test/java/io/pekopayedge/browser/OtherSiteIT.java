package io.pekopayedge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkout page on another site than the gateway's: CORS, and a cookie that crosses sites. */
class OtherSiteIT {
    /** Chromium's own setting "allow third-party cookies". */
    private static final String COOKIES_CROSS_SITES =
            "{\"profile\":{\"cookie_controls_mode\":0,\"default_content_setting_values\":{\"cookies\":1}}}";

    /** What needs no preflight, and brings no answer to the page that asks. */
    private static final String WAYS_ROUND_CORS = """
            async (gateway) => {
              const ask = (path, more) => fetch(gateway + path, { mode: 'no-cors', credentials: 'include', ...more });
              await ask('/api/payment-token/refresh');
              await ask('/api/checkout/charge', { method: 'POST', body: '{"paymentToken":"sess_guessed"}' });
            }
            """;

    @TempDir
    private static Path folder;

    private static Street street;
    private int chargesBefore;

    @BeforeAll
    static void start() {
        street = new Street(folder, "origins: ['http://outlet.localhost:%d']\n", "pekopay.edge.flow.same-site=None");
    }

    @AfterAll
    static void stop() {
        street.close();
    }

    @BeforeEach
    void count() {
        chargesBefore = street.pekoPay.charges().size();
    }

    @Test
    void listedOrigin_cookiesCrossSites_paysOnce(@TempDir Path profile) throws IOException {
        Files.createDirectory(profile.resolve("Default"));
        Files.writeString(profile.resolve("Default/Preferences"), COOKIES_CROSS_SITES);
        try (Chromium ordinary = Chromium.withProfile(profile)) {
            BrowserContext shopper = ordinary.context();
            pay(open(shopper, "outlet.localhost", ""));
            assertThat(shopper.cookies(street.at(street.acme, "/")))
                    .extracting(cookie -> cookie.name)
                    .contains("__Host-checkout-flow");
        }
    }

    @Test
    void listedOrigin_noCookieCrossesSites_paysOnceByTheHeader() {
        try (Chromium chromium = Chromium.start();
                BrowserContext incognito = chromium.browser().newContext()) {
            pay(open(incognito, "outlet.localhost", "&header"));
            assertThat(incognito.cookies()).isEmpty();
        }
    }

    @Test
    void unlistedOrigin_asksForAToken_getsNone() {
        try (Chromium chromium = Chromium.start();
                BrowserContext shopper = chromium.browser().newContext()) {
            Page page = open(shopper, "thief.localhost", "");
            assertThat(page.locator("#result")).hasText("no token");
            assertThat(page.locator("iframe")).hasCount(0);
            List<Integer> answers = new ArrayList<>();
            page.onResponse(response -> answers.add(response.status()));
            page.evaluate(WAYS_ROUND_CORS, street.at(street.acme, ""));
            page.waitForCondition(() -> answers.size() == 2);
            assertThat(answers).containsOnly(403);
            assertThat(shopper.cookies()).isEmpty();
            assertThat(street.pekoPay.charges()).hasSize(chargesBefore);
        }
    }

    private void pay(Page page) {
        new CheckoutPage(page).ready().pay(TestCards.PAYS);
        assertThat(page.locator("#result")).hasText("charge 201");
        List<Charge> charges = street.pekoPay.charges();
        assertThat(charges.subList(chargesBefore, charges.size()))
                .extracting(Charge::accepted)
                .containsExactly(true);
    }

    /** The very same page and server; only the host name that the shopper typed differs. */
    private static Page open(BrowserContext shopper, String host, String more) {
        Page page = shopper.newPage();
        String gateway = street.at(street.acme, "");
        page.navigate("http://%s:%d/elsewhere?gateway=%s%s"
                .formatted(host, street.acme.url().getPort(), gateway, more));
        return page;
    }
}
