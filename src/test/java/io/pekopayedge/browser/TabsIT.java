package io.pekopayedge.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitUntilState;
import io.pekopayedge.sandbox.Behaviour;
import io.pekopayedge.sandbox.Call;
import io.pekopayedge.sandbox.Charge;
import io.pekopayedge.sandbox.TestCards;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

/** One order in several tabs, reloaded, left and come back to. */
class TabsIT extends Shopping {
    private static final Page.GoBackOptions ONCE_UNDER_WAY =
            new Page.GoBackOptions().setWaitUntil(WaitUntilState.COMMIT);

    @Test
    void pay_pageReloadedWhileRunning_showsTheAnswerOfTheFirstCharge() {
        Sinks.One<Boolean> answer = Sinks.one();
        street.pekoPay.once(Call::isCharge, Behaviour.after(answer.asMono()));
        CheckoutPage checkout = open(street.acme).pay(TestCards.PAYS);
        await().until(() -> charges().size() == 1);
        checkout.page().reload();
        checkout.shows("resuming").picture("reloaded");
        answer.tryEmitValue(true);
        checkout.shows("paid");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void back_afterPaying_showsTheReceiptAndNoForm() {
        CheckoutPage checkout = open(street.acme).pay(TestCards.PAYS).shows("paid");
        checkout.page().navigate(street.at(street.acme, "/echo"));
        checkout.page().goBack(ONCE_UNDER_WAY);
        checkout.shows("paid");
        assertThat(checkout.payButton()).isHidden();
        assertThat(onlyCharge().accepted()).isTrue();
    }

    /** The browser brings the page back as it was left, with a form in it. */
    @Test
    void back_toAFormWhoseOrderAnotherTabPaid_showsTheReceipt() {
        CheckoutPage left = open(street.acme);
        left.page().navigate(street.at(street.acme, "/echo"));
        open(street.acme).pay(TestCards.PAYS).shows("paid");
        left.page().goBack(ONCE_UNDER_WAY);
        left.shows("paid");
        assertThat(left.payButton()).isHidden();
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_inTwoTabsOfOneOrder_isOneCharge() {
        street.pekoPay.once(Call::isCharge, Behaviour.late(Duration.ofSeconds(1)));
        CheckoutPage one = open(street.acme).fillCard(TestCards.PAYS);
        CheckoutPage two = open(street.acme).fillCard(TestCards.PAYS);
        one.clickPay();
        two.clickPay();
        one.shows("paid");
        two.shows("paid").picture("second-tab");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void tab_openedWhileAnotherPays_saysSoAndShowsItsReceipt() {
        Sinks.One<Boolean> answer = Sinks.one();
        street.pekoPay.once(Call::isCharge, Behaviour.after(answer.asMono()));
        CheckoutPage one = open(street.acme).pay(TestCards.PAYS);
        await().until(() -> charges().size() == 1);
        CheckoutPage two = new CheckoutPage(shopper.newPage());
        two.page().navigate(street.at(street.acme, "/"));
        two.shows("resuming").says("you will not be charged twice");
        answer.tryEmitValue(true);
        one.shows("paid");
        two.shows("paid");
        assertThat(onlyCharge().accepted()).isTrue();
    }

    @Test
    void pay_twoOrdersAtOnceInOneBrowser_isOneChargeEach() {
        street.pekoPay.once(Call::isCharge, Behaviour.late(Duration.ofSeconds(1)));
        CheckoutPage one = open(street.acme).fillCard(TestCards.PAYS);
        CheckoutPage two = new CheckoutPage(shopper.newPage())
                .open(street.at(street.acme, "/?order=new"))
                .fillCard(TestCards.PAYS);
        one.clickPay();
        two.clickPay();
        one.shows("paid");
        two.shows("paid");
        assertThat(charges()).hasSize(2).allMatch(Charge::accepted);
        assertThat(charges()).extracting(Charge::token).doesNotHaveDuplicates();
        assertThat(charges())
                .extracting(charge -> charge.call().json().path("reference").asText())
                .doesNotHaveDuplicates();
    }
}
