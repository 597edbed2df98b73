package io.pekopayedge.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.pekopayedge.sandbox.TestCards;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every answer of the gateway, and what the page makes of it. */
class CheckoutAnswersIT extends ScriptedCheckout {
    /** What the real form's methods return, and how often they call back, is PekoPay's business. */
    private static final String CARELESS_FORM = """
            export const PekoCheckoutForm = { initialize: (options) => ({
              mount() {},
              submitFormFields() {
                for (let n = 0; n < 2; n++) options.completeTransaction({ sessionToken: options.sessionToken });
              },
            }) };
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            201 |                        | paid     | Your order is paid
            402 |                        | declined | Nothing was charged. Please use another card
            400 |                        | declined | Nothing was charged
            504 | charge-outcome-unknown | checking | Please do not pay again
            409 | charge-outcome-unknown | checking | Please do not pay again
            502 | upstream-error         | checking | Please do not pay again
            500 | internal-error         | checking | Please do not pay again
            599 |                        | checking | Please do not pay again
            418 | of-tomorrow            | checking | Please do not pay again
            502 | credentials-refused    | closed   | Nothing was charged
            422 | charge-invalid         | closed   | Nothing was charged
            409 | token-unknown          | ready    | Nothing was charged. Please enter your card again
            403 | token-not-yours        | ready    | Nothing was charged. Please enter your card again
            409 | token-spent            | ready    | we did not charge it again
            """)
    void charge_answered_showsWhatIsTrue(int status, String problem, String state, String text) throws IOException {
        answers.add(problem == null ? json(status, "{\"id\":\"txn_1\"}") : problem(status, problem, null));
        checkout.pay(TestCards.PAYS).shows(state).says(text).picture("answer-" + status + "-" + problem);
        assertThat(charges).hasSize(1);
        assertThat(Accessibility.violations(checkout.page())).isEmpty();
        assertThat(checkout.page().locator("#pay-button").isVisible())
                .isEqualTo(List.of("declined", "ready").contains(state));
    }

    @Test
    void charge_lostThenAnswered_repeatsTheSameBytes() {
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(problem(409, "charge-in-progress", "1"));
        answers.add(problem(503, "ledger-unavailable", "1"));
        answers.add(json(201, "{\"id\":\"txn_7\"}"));
        checkout.pay(TestCards.PAYS)
                .says("you will not be charged twice")
                .shows("paid")
                .says("txn_7");
        assertThat(charges).hasSize(4).containsOnly(charges.get(0));
    }

    @Test
    void charge_answeredByWhatStandsBetween_isAskedForAgain() {
        answers.add(fromElsewhere(200));
        answers.add(fromElsewhere(403));
        answers.add(fromElsewhere(429));
        answers.add(json(201, "{\"id\":\"txn_6\"}"));
        checkout.pay(TestCards.PAYS).shows("paid").says("txn_6");
        assertThat(charges).hasSize(4).containsOnly(charges.get(0));
    }

    @Test
    void charge_lostWhereCookiesAreBlocked_isRepeatedInItsOwnFlowAfterAReload() {
        context.addInitScript("Object.defineProperty(Document.prototype, 'cookie', { get: () => '', set() {} })");
        checkout.page().reload();
        checkout.ready();
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(json(201, "{\"id\":\"txn_5\"}"));
        checkout.pay(TestCards.PAYS);
        checkout.page().waitForCondition(() -> charges.size() == 2);
        checkout.page().reload();
        checkout.shows("paid");
        assertThat(charges).hasSize(3).containsOnly(charges.get(0));
        assertThat(flows).hasSize(3).containsOnly(flows.get(0));
        assertThat(flows.get(0)).matches("[A-Za-z0-9_-]{22,128}");
    }

    @Test
    void cardForm_thatReturnsNothingAndCompletesTwice_isOneChargeToTheGateway() {
        Route.FulfillOptions script = new Route.FulfillOptions()
                .setHeaders(Map.of("Access-Control-Allow-Origin", "*"))
                .setContentType("text/javascript")
                .setBody(CARELESS_FORM);
        checkout.page().route("**/web/dist/index.js", route -> route.fulfill(script));
        checkout.page().reload();
        answers.add(json(201, "{\"id\":\"txn_4\"}"));
        answers.add(json(201, "{\"id\":\"txn_4\"}"));
        checkout.shows("ready").clickPay().shows("paid");
        assertThat(charges).hasSize(2).containsOnly(charges.get(0));
        assertThat(checkout.payButton().isVisible()).isFalse();
    }

    @Test
    void charge_lostThenTokenUnknown_isNotToldAsUncharged() {
        answers.add(new Route.FulfillOptions().setStatus(0));
        answers.add(problem(409, "token-unknown", null));
        checkout.pay(TestCards.PAYS).shows("checking").says("Please do not pay again");
    }

    @Test
    void charge_busyThenFree_waitsAsToldAndPays() {
        answers.add(problem(503, "upstream-unreachable", "1"));
        answers.add(json(201, "{\"id\":\"txn_8\"}"));
        checkout.pay(TestCards.PAYS)
                .says("Nothing was charged; we try again in 1 second")
                .shows("paid");
        assertThat(charges).hasSize(2);
    }

    @Test
    void charge_limitedForLong_saysWhenAndTakesNoClickBefore() {
        answers.add(problem(429, "rate-limited", "3600"));
        checkout.pay(TestCards.PAYS).shows("waiting").says("Please try again in 60 minutes");
        assertThat(checkout.payButton().getAttribute("aria-disabled")).isEqualTo("true");
    }

    @Test
    void reload_afterTheAnswer_showsItAgainWithoutAsking() {
        answers.add(problem(504, "charge-outcome-unknown", null));
        checkout.pay(TestCards.PAYS).shows("checking");
        checkout.page().reload();
        checkout.shows("checking");
        assertThat(charges).hasSize(1);
    }

    @Test
    void form_readyAfterAnotherTabPaid_isNotShown() {
        Page two = context.newPage();
        List<Route> held = new ArrayList<>();
        two.route("**/api/payment-token/refresh", held::add);
        two.navigate(checkout.page().url());
        two.waitForCondition(() -> held.size() == 1);
        answers.add(json(201, "{\"id\":\"txn_3\"}"));
        checkout.pay(TestCards.PAYS).shows("paid");
        CheckoutPage second = new CheckoutPage(two).shows("paid");
        two.evaluate("document.activeElement.blur()");
        held.get(0).fulfill(json(200, "{\"token\":\"%s\"}".formatted(mint())));
        two.waitForCondition(() -> "result-title".equals(two.evaluate("document.activeElement.id")));
        second.shows("paid");
        assertThat(two.locator("iframe").count()).isZero();
    }
}
