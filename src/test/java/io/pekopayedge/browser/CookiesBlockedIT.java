package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Request;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shopper whose browser takes no cookies and keeps nothing: the header ties the token to its charge. */
class CookiesBlockedIT {
    /** Chromium's own setting "block all cookies". */
    private static final String PREFERENCES =
            "{\"profile\":{\"default_content_setting_values\":{\"cookies\":2},\"cookie_controls_mode\":1}}";

    @TempDir
    private Path folder;

    @Test
    void pay_withoutCookies_isChargedOnceByTheHeader() throws IOException {
        Path profile =
                Files.createDirectories(folder.resolve("profile/Default")).getParent();
        Files.writeString(profile.resolve("Default/Preferences"), PREFERENCES);
        Path tenants = Files.createDirectory(folder.resolve("tenants"));
        try (Chromium chromium = Chromium.withProfile(profile);
                Street street = new Street(tenants, "")) {
            BrowserContext shopper = chromium.context();
            CheckoutPage checkout = new CheckoutPage(shopper.newPage());
            List<Request> calls = new ArrayList<>();
            checkout.page().onRequest(request -> {
                if (request.url().contains("/api/")) {
                    calls.add(request);
                }
            });
            checkout.open(street.at(street.acme, "/")).pay(TestCards.PAYS).shows("paid");

            assertThat(calls).hasSize(2).allMatch(call -> call.headers().get("x-checkout-flow") != null);
            assertThat(shopper.cookies()).isEmpty();
            assertThat(street.pekoPay.charges()).extracting(Charge::accepted).containsExactly(true);
        }
    }
}
