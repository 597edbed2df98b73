package io.pekopayedge.operate;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.pekopayedge.browser.Chromium;
import io.pekopayedge.edge.EdgeUnderTest;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.PekoPaySandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The console before the real gateway: a charge whose answer was lost, found and settled with the keyboard. */
class LiveConsoleIT {
    private final List<String> complaints = new ArrayList<>();

    @Test
    void unknownCharge_settledAsCharged_isSpentForTheShopper() {
        try (Chromium chromium = Chromium.start();
                PekoPaySandbox pekoPay =
                        PekoPaySandbox.start().addClient("acme", "acme-client", EdgeUnderTest.secret("acme"));
                EdgeUnderTest edge = EdgeUnderTest.start(tenants -> tenants.add("acme", pekoPay.baseUrl())
                        .add("asleep", pekoPay.baseUrl())
                        .file("broken", "tenant-id: broken\nhots: []\n"))) {
            String flow = UUID.randomUUID().toString();
            String token = edge.refresh("acme", flow);
            pekoPay.once(Call::isCharge, Behaviour.workingThenReset());
            assertThat(edge.charge("acme", flow, token).statusCode()).isEqualTo(504);

            Page page = chromium.browser().newPage();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.navigate("http://localhost:" + edge.managementPort() + "/console");
            assertThat(page.locator("#unknown-title")).hasText("1 unknown charge");
            assertThat(page.locator("#unknown-list")).containsText("acme, charge,");
            assertThat(page.locator("#summary")).containsText("1 charge to settle, 1 file with mistakes");
            assertThat(page.locator("#invalid")).containsText("broken.yml, line 2, hots");
            assertThat(page.getByLabel("Tenant acme")).containsText("1 unknown");
            assertThat(page.getByLabel("Tenant asleep")).containsText("asleep until the next shopper");
            page.screenshot(new Page.ScreenshotOptions()
                    .setPath(Path.of("target/screenshots/console-live.png"))
                    .setFullPage(true));

            for (String key : List.of("Tab", "Tab", "Enter", "Space", "Tab")) {
                page.keyboard().press(key);
            }
            page.keyboard().type("Ada");
            page.keyboard().press("Tab");
            page.keyboard().type("txn_4711 is there");
            page.keyboard().press("Enter");
            assertThat(page.locator("#summary")).containsText("settled as charged");
            assertThat(page.locator("#unknown")).isHidden();

            assertThat(edge.charge("acme", flow, token).body()).contains("token-spent");
            assertThat(pekoPay.chargesOf(token)).hasSize(1);
            assertThat(page.content()).doesNotContain(token).doesNotContain(EdgeUnderTest.secret("acme"));
            assertThat(complaints).isEmpty();
        }
    }
}
