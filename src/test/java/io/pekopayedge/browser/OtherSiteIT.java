package io.pekopayedge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.TestCards;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkout page on another site than the gateway's: CORS, and a cookie that crosses sites. */
class OtherSiteIT {
    @TempDir
    private static Path folder;

    private static Chromium chromium;
    private static Street street;
    private BrowserContext shopper;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        street = new Street(folder, "origins: ['http://outlet.localhost:%d']\n", "pekopay.edge.flow.same-site=None");
    }

    @AfterAll
    static void stop() {
        if (street != null) {
            street.close();
        }
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void arrive() {
        shopper = chromium.browser().newContext();
    }

    @AfterEach
    void leave() {
        shopper.close();
    }

    @Test
    void listedOrigin_pays_isChargedOnce() {
        Page page = open("outlet.localhost");
        new CheckoutPage(page).ready().pay(TestCards.PAYS);
        assertThat(page.locator("#result")).hasText("charge 201");
        assertThat(street.pekoPay.charges()).extracting(Charge::accepted).containsExactly(true);
    }

    @Test
    void unlistedOrigin_asksForAToken_getsNone() {
        Page page = open("thief.localhost");
        assertThat(page.locator("#result")).hasText("no token");
        assertThat(page.locator("iframe")).hasCount(0);
        assertThat(shopper.cookies(street.at(street.acme, "/"))).isEmpty();
    }

    /** The very same page and server; only the host name that the shopper typed differs. */
    private Page open(String host) {
        Page page = shopper.newPage();
        String gateway = street.at(street.acme, "");
        page.navigate("http://%s:%d/elsewhere?gateway=%s"
                .formatted(host, street.acme.url().getPort(), gateway));
        return page;
    }
}
