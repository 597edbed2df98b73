package io.pekopayedge.sandbox;

import java.util.Map;

/**
 * What a demo shop sells. The words go into the page as they are.
 *
 * @param id also its tenant id at PekoPay
 * @param intent what the browser asks the gateway for
 */
record Shop(
        String id,
        String name,
        String tagline,
        String item,
        String detail,
        String amount,
        String price,
        String every,
        String intent,
        String button) {

    static final Shop ACME = new Shop(
            "acme",
            "Acme Paper",
            "Notebooks bound by hand since 1962",
            "Three field notebooks",
            "Dotted, 96 pages, lies flat",
            "42.00",
            "€42.00",
            "",
            "charge",
            "Pay €42.00");

    static final Shop BISTRO = new Shop(
            "bistro",
            "Bistro Luna",
            "Lunch at your door, every Tuesday",
            "Weekly lunch box",
            "Two courses, seasonal, cancel any time",
            "18.50",
            "€18.50",
            "per week",
            "subscription",
            "Subscribe for €18.50 a week");

    /** The values of the page's placeholders. */
    Map<String, String> words() {
        return Map.ofEntries(
                Map.entry("shop", id),
                Map.entry("name", name),
                Map.entry("tagline", tagline),
                Map.entry("item", item),
                Map.entry("detail", detail),
                Map.entry("amount", amount),
                Map.entry("price", price),
                Map.entry("every", every),
                Map.entry("intent", intent),
                Map.entry("button", button));
    }
}
