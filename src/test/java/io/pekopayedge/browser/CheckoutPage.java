package io.pekopayedge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.FrameLocator;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** A shopper's hands and eyes on a checkout page of a demo shop. */
final class CheckoutPage {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final HasAttributeOptions WITHIN = new HasAttributeOptions().setTimeout(20_000);
    private static final ContainsTextOptions TEXT_WITHIN = new ContainsTextOptions().setTimeout(20_000);
    private final Page page;

    CheckoutPage(Page page) {
        this.page = page;
    }

    /** Opens the page and waits until the card fields can be filled. */
    CheckoutPage open(String url) {
        page.navigate(url);
        return ready();
    }

    CheckoutPage ready() {
        assertThat(cardFields().getByLabel("Card number")).isVisible();
        return this;
    }

    CheckoutPage fillCard(String number) {
        cardFields().getByLabel("Card number").fill(number);
        cardFields().getByLabel("Expires").fill("1239");
        cardFields().getByLabel("Security code").fill("123");
        return this;
    }

    CheckoutPage clickPay() {
        payButton().click();
        return this;
    }

    CheckoutPage pay(String number) {
        return fillCard(number).clickPay();
    }

    /** Waits for one of the states that the page's script names: ready, paid, declined, checking… */
    CheckoutPage shows(String state) {
        assertThat(page.locator("#checkout")).hasAttribute("data-state", Pattern.compile(state), WITHIN);
        return this;
    }

    CheckoutPage says(String text) {
        assertThat(page.locator("#checkout")).containsText(text, TEXT_WITHIN);
        return this;
    }

    CheckoutPage picture(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
        return this;
    }

    Locator payButton() {
        return page.locator("#pay-button");
    }

    FrameLocator cardFields() {
        return page.frameLocator("iframe[title='Card details']");
    }

    Page page() {
        return page;
    }
}
