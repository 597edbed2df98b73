package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.BrowserContext;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.DemoStorefront;
import io.pekopayedge.sandbox.TestCards;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An hour in seconds: tokens live eight seconds, the gateway hands none out that is older than four. */
class ShortLivedTokensIT {
    @TempDir
    private static Path folder;

    private static Chromium chromium;
    private static Street street;
    private BrowserContext shopper;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        street = new Street(
                folder,
                "",
                "pekopay.edge.token.ttl=8s",
                "pekopay.edge.token.serve-until=4s",
                "pekopay.edge.token.fresh-for=2s",
                "pekopay.edge.flow.reuse-for=1s",
                "pekopay.edge.breaker.window=2",
                "pekopay.edge.breaker.open-for=2s",
                "pekopay.edge.mint.wait=300ms");
        street.pekoPay.tokenLife(Duration.ofSeconds(8)).cardNeeded(true);
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
    void page_leftOpenUntilTheTokenDies_asksForAnotherAndPaysOnce() {
        CheckoutPage checkout = new CheckoutPage(shopper.newPage());
        AtomicReference<String> first = new AtomicReference<>();
        checkout.page().onResponse(response -> {
            if (response.url().endsWith("/refresh")) {
                first.compareAndSet(null, response.text().split("\"")[3]);
            }
        });
        checkout.open(street.at(street.acme, "/")).fillCard(TestCards.PAYS);
        await().atMost(Duration.ofSeconds(20)).until(() -> !street.pekoPay.live(first.get()));
        checkout.clickPay().shows("paid");
        assertThat(chargesOf(street.acme)).extracting(Charge::accepted).containsExactly(true);
        assertThat(street.pekoPay.chargesOf(first.get())).isEmpty();
    }

    @Test
    void page_openedWhilePekoPayIsDownAndTheReserveEmpty_waitsOpensAndPaysOnce() {
        street.pekoPay.down();
        CheckoutPage checkout = new CheckoutPage(shopper.newPage());
        checkout.page().navigate(street.at(street.bistro, "/"));
        checkout.says("Nothing has been charged").picture("no-token-yet");
        street.pekoPay.up();
        checkout.shows("ready").pay(TestCards.PAYS).shows("paid");
        assertThat(chargesOf(street.bistro)).extracting(Charge::accepted).containsExactly(true);
    }

    private static List<Charge> chargesOf(DemoStorefront shop) {
        return street.pekoPay.charges().stream()
                .filter(charge -> charge.tenantId().equals(shop.tenantId()))
                .toList();
    }
}
