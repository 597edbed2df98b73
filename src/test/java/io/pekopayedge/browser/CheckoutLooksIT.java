package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Keyboard;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page on a phone, in the dark, by keyboard, to a screen reader. */
class CheckoutLooksIT extends ScriptedCheckout {
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
    void page_byKeyboardAlone_isDeclinedAndPaysWithAnotherCard() {
        answers.add(json(402, "{}"));
        answers.add(json(201, "{\"id\":\"txn_9\"}"));
        payByKeyboard(TestCards.DECLINED);
        checkout.shows("declined").ready();
        payByKeyboard(TestCards.PAYS);
        checkout.shows("paid");
        assertThat(checkout.page().evaluate("document.activeElement.id")).isEqualTo("result-title");
    }

    @Test
    void cardFields_notFilled_complainAndNothingIsSent() {
        checkout.clickPay();
        PlaywrightAssertions.assertThat(checkout.cardFields().getByText("Check the card number"))
                .isVisible();
        checkout.shows("ready");
        assertThat(charges).isEmpty();
    }

    private void payByKeyboard(String number) {
        Keyboard keyboard = checkout.page().keyboard();
        for (String typed : List.of(number, "1239", "123")) {
            keyboard.press("Tab");
            // The focus comes to another process's frame when it can: what is typed before goes astray.
            PlaywrightAssertions.assertThat(checkout.cardFields().locator("input:focus"))
                    .hasValue("");
            keyboard.type(typed);
        }
        keyboard.press("Tab");
        PlaywrightAssertions.assertThat(checkout.payButton()).isFocused();
        keyboard.press("Enter");
    }
}
