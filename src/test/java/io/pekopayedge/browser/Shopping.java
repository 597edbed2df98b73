package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.DemoStorefront;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Stories of one shopper's browser before the real gateway; what counts is what PekoPay saw since the story began. */
abstract class Shopping {
    @TempDir
    static Path folder;

    static Chromium chromium;
    static Street street;
    BrowserContext shopper;
    private int chargesBefore;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        street = new Street(folder, "");
        street.pekoPay.cardNeeded(true);
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
        shopper = chromium.browser().newContext(new Browser.NewContextOptions().setViewportSize(1000, 640));
        chargesBefore = street.pekoPay.charges().size();
    }

    @AfterEach
    void leave() {
        shopper.close();
        street.pekoPay.up();
    }

    CheckoutPage open(DemoStorefront shop) {
        return new CheckoutPage(shopper.newPage()).open(street.at(shop, "/"));
    }

    List<Charge> charges() {
        List<Charge> all = street.pekoPay.charges();
        return all.subList(chargesBefore, all.size());
    }

    Charge onlyCharge() {
        assertThat(charges()).hasSize(1);
        return charges().get(0);
    }
}
