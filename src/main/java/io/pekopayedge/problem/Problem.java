package io.pekopayedge.problem;

import java.util.Locale;

/**
 * Every way a request can fail here, one line each. The name, in lower case with dashes, ends the problem's {@code type}
 * URN (RFC 9457 §3.1.1). A failure that is not in this list cannot be told to a client.
 */
public enum Problem {
    MALFORMED_REQUEST(400, Fault.CLIENT, "The request is malformed"),
    TENANT_CONFLICT(400, Fault.CLIENT, "The request names two tenants"),
    CALLER_UNAUTHENTICATED(401, Fault.CLIENT, "An API key of this tenant is required"),
    ORIGIN_REFUSED(403, Fault.CLIENT, "This origin may not call this shop's checkout"),
    TOKEN_NOT_YOURS(403, Fault.CLIENT, "The payment token belongs to another checkout"),
    TENANT_UNKNOWN(404, Fault.CLIENT, "No such tenant"),
    NOT_FOUND(404, Fault.CLIENT, "Nothing here"),
    METHOD_NOT_ALLOWED(405, Fault.CLIENT, "Method not allowed"),
    REQUEST_TIMEOUT(408, Fault.CLIENT, "The request took too long to arrive"),
    CHARGE_IN_PROGRESS(409, Fault.CLIENT, "A charge with this token is under way"),
    TOKEN_SPENT(409, Fault.CLIENT, "This payment token has been used"),
    TOKEN_UNKNOWN(409, Fault.CLIENT, "This payment token is not known here"),
    CHARGE_OUTCOME_UNKNOWN(409, Fault.CLIENT, Money.MAY_HAVE_MOVED, "The outcome of the charge is not known"),
    BODY_TOO_LARGE(413, Fault.CLIENT, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, Fault.CLIENT, "Only application/json in UTF-8, unencoded, is taken"),
    CHARGE_INVALID(422, Fault.CLIENT, "The charge is not valid"),
    CARD_DATA_REFUSED(422, Fault.CLIENT, "Card data must not be sent here"),
    RATE_LIMITED(429, Fault.CLIENT, "Too many requests"),
    INTERNAL_ERROR(500, Fault.GATEWAY, Money.MAY_HAVE_MOVED, "The gateway failed"),
    UPSTREAM_ERROR(502, Fault.PEKOPAY, Money.MAY_HAVE_MOVED, "PekoPay's answer could not be used"),
    CREDENTIALS_REFUSED(502, Fault.PEKOPAY, "PekoPay refused the shop's credentials"),
    STOREFRONT_UNREACHABLE(502, Fault.STOREFRONT, "The shop cannot be reached"),
    TOKEN_UNAVAILABLE(503, Fault.PEKOPAY, "No payment token is available now"),
    UPSTREAM_UNREACHABLE(503, Fault.PEKOPAY, "PekoPay cannot be reached"),
    LEDGER_UNAVAILABLE(503, Fault.GATEWAY, "The charge cannot be recorded now"),
    OVERLOADED(503, Fault.GATEWAY, "Too many charges are under way"),
    CHARGE_UNCONFIRMED(504, Fault.PEKOPAY, Money.MAY_HAVE_MOVED, "The outcome of the charge is not known"),
    UPSTREAM_TIMEOUT(504, Fault.PEKOPAY, "No answer in time"),
    STOREFRONT_TIMEOUT(504, Fault.STOREFRONT, "No answer in time");

    /** Who caused it; a 5xx of {@link #PEKOPAY}'s carries {@code Proxy-Status} (RFC 9209). */
    public enum Fault {
        CLIENT,
        GATEWAY,
        PEKOPAY,
        STOREFRONT
    }

    /** Whether a charge may have been made although no success is reported. */
    public enum Money {
        NOT_MOVED,
        MAY_HAVE_MOVED
    }

    private final int status;
    private final Fault fault;
    private final Money money;
    private final String title;
    private final String label;

    Problem(int status, Fault fault, String title) {
        this(status, fault, Money.NOT_MOVED, title);
    }

    Problem(int status, Fault fault, Money money, String title) {
        this.status = status;
        this.fault = fault;
        this.money = money;
        this.title = title;
        this.label = switch (name()) {
            // Now or later, to a shopper it is one and the same: 504 at once, 409 ever after.
            case "CHARGE_UNCONFIRMED" -> "charge-outcome-unknown";
            case "STOREFRONT_TIMEOUT" -> "upstream-timeout";
            default -> name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    public int status() {
        return status;
    }

    public Fault fault() {
        return fault;
    }

    public Money money() {
        return money;
    }

    public String title() {
        return title;
    }

    /** The name that clients see, such as {@code token-unknown}. */
    public String label() {
        return label;
    }
}
