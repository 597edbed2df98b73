package io.pekopayedge.settings;

import static io.pekopayedge.settings.SettingsException.check;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * All settings under {@code pekopay.edge}; tenants have files of their own. A value out of range stops the start with
 * {@code key: value (expected: range)}; so does a key of a file or command line that is none of these.
 *
 * @param environments PekoPay base URLs by the name that a tenant file chooses; default
 *     {@code sandbox} and {@code production}, which stay unless given another URL
 * @param tenants where the tenant files are
 * @param token life of a token
 * @param reserve how many tokens are held ready, per tenant; a tenant file may override
 * @param mint how tokens are asked for
 * @param breaker when PekoPay counts as down, per tenant, one for minting, one for charging
 * @param flow how a shopper's checkout is told from another
 * @param charge how a charge is sent and remembered
 * @param limits how often the browser face may be called
 * @param operator who may settle charges
 */
@ConfigurationProperties(prefix = "pekopay.edge", ignoreUnknownFields = false)
public record EdgeSettings(
        @Nullable Map<String, URI> environments,
        @DefaultValue TenantFiles tenants,
        @DefaultValue Token token,
        @DefaultValue Reserve reserve,
        @DefaultValue Mint mint,
        @DefaultValue Breaker breaker,
        @DefaultValue Flow flow,
        @DefaultValue Charge charge,
        @DefaultValue Limits limits,
        @DefaultValue Operator operator) {
    private static final Map<String, URI> PEKOPAY = Map.of(
            "sandbox", URI.create("https://sandbox-api.peko-pay.com"),
            "production", URI.create("https://gateway.peko-pay.com"));

    public EdgeSettings {
        Map<String, URI> all = new HashMap<>(PEKOPAY);
        all.putAll(environments == null ? Map.of() : environments);
        environments = Map.copyOf(all);
        environments.forEach((name, url) -> check(
                ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                        && url.getHost() != null
                        && url.getRawQuery() == null
                        && url.getRawFragment() == null
                        && url.getRawUserInfo() == null,
                "environments." + name,
                "****",
                "an http(s) URL without user, query and fragment"));
        check(
                charge.keepFor().compareTo(token.ttl().plus(charge.timeout())) >= 0,
                "charge.keep-for",
                charge.keepFor(),
                ">= token.ttl + charge.timeout = " + token.ttl().plus(charge.timeout()));
    }

    /** {@link EdgeSettings#environments}, never null once built. */
    @Override
    public Map<String, URI> environments() {
        return environments == null ? Map.of() : environments;
    }

    /**
     * @param location a folder, one {@code *.yml} or {@code *.yaml} per tenant; default {@code ./config/tenants}
     * @param poll how often its content is compared; 100 ms–1 h, default 2 s
     */
    public record TenantFiles(
            @DefaultValue("./config/tenants") Path location,
            @DefaultValue("2s") Duration poll) {
        public TenantFiles {
            check(within(poll, "PT0.1S", "PT1H"), "tenants.poll", poll, "PT0.1S–PT1H");
        }
    }

    /**
     * @param method of {@code /payment-token/{tenantId}/generate}: GET (default) or POST
     * @param ttl life of a token, counted from the moment it was asked for; 1 s–24 h, default 60 min
     * @param freshFor older tokens of the reserve are replaced ahead of time, ±10 % jitter; from 100 ms, default 30 min
     * @param serveUntil older tokens are never handed out; below ttl, so that a shopper has time left; default 55 min
     */
    public record Token(
            @DefaultValue("GET") Method method,
            @DefaultValue("60m") Duration ttl,
            @DefaultValue("30m") Duration freshFor,
            @DefaultValue("55m") Duration serveUntil) {
        /** How tokens are asked for; PekoPay's guide shows both. */
        public enum Method {
            GET,
            POST
        }

        public Token {
            check(within(ttl, "PT1S", "PT24H"), "token.ttl", ttl, "PT1S–PT24H");
            check(serveUntil.compareTo(ttl) < 0, "token.serve-until", serveUntil, "< ttl " + ttl);
            check(freshFor.compareTo(serveUntil) < 0, "token.fresh-for", freshFor, "< serve-until " + serveUntil);
            check(within(freshFor, "PT0.1S", "PT24H"), "token.fresh-for", freshFor, "PT0.1S–PT24H");
        }
    }

    /**
     * @param min ready tokens of an active tenant, at least; 0–max, default 2
     * @param max ready tokens, at most; 1–1,000,000, default 500
     * @param cover as many tokens are held as the recent demand would use in this time; 1 s–24 h, default 10 min
     * @param idleAfter a tenant without a lease for so long lets its reserve run dry; 1 s–168 h, default 2 h
     */
    public record Reserve(
            @DefaultValue("2") int min,
            @DefaultValue("500") int max,
            @DefaultValue("10m") Duration cover,
            @DefaultValue("2h") Duration idleAfter) {
        public Reserve {
            check(max >= 1 && max <= 1_000_000, "reserve.max", max, "1–1000000");
            check(min >= 0 && min <= max, "reserve.min", min, "0–max " + max);
            check(within(cover, "PT1S", "PT24H"), "reserve.cover", cover, "PT1S–PT24H");
            check(within(idleAfter, "PT1S", "PT168H"), "reserve.idle-after", idleAfter, "PT1S–PT168H");
        }
    }

    /**
     * @param timeout of one call, body included; 50 ms–1 min, default 2 s
     * @param waitFor the longest that a shopper's request waits for a token ({@code mint.wait}); up to 1 min, default 3 s
     * @param maxConcurrent calls under way, per tenant; 1–1,000, default 4
     * @param rate calls per second, whole gateway, fair between tenants, a second's unused ones are kept; 1–100,000,
     *     default 50
     */
    public record Mint(
            @DefaultValue("2s") Duration timeout,

            @DefaultValue("3s") @org.springframework.boot.context.properties.bind.Name("wait")
            Duration waitFor,

            @DefaultValue("4") int maxConcurrent,
            @DefaultValue("50") int rate) {
        public Mint {
            check(within(timeout, "PT0.05S", "PT1M"), "mint.timeout", timeout, "PT0.05S–PT1M");
            check(within(waitFor, "PT0.05S", "PT1M"), "mint.wait", waitFor, "PT0.05S–PT1M");
            check(maxConcurrent >= 1 && maxConcurrent <= 1000, "mint.max-concurrent", maxConcurrent, "1–1000");
            check(rate >= 1 && rate <= 100_000, "mint.rate", rate, "1–100000");
        }
    }

    /**
     * @param window calls that are judged, once so many are in; 1–10,000, default 20
     * @param failureRate percent of failures that opens it; 1–100, default 50
     * @param slowCall a mint call that takes longer is slow; default 1 s. Charging has no slow calls: a card
     *     authorisation may take seconds
     * @param slowRate percent of slow calls that opens it; 1–100, default 80
     * @param openFor how long no call is made; default 10 s
     * @param probes calls that decide after that; 1–1,000, default 3
     */
    public record Breaker(
            @DefaultValue("20") int window,
            @DefaultValue("50") int failureRate,
            @DefaultValue("1s") Duration slowCall,
            @DefaultValue("80") int slowRate,
            @DefaultValue("10s") Duration openFor,
            @DefaultValue("3") int probes) {
        public Breaker {
            check(window >= 1 && window <= 10_000, "breaker.window", window, "1–10000");
            check(failureRate >= 1 && failureRate <= 100, "breaker.failure-rate", failureRate, "1–100");
            check(within(slowCall, "PT0.001S", "PT1H"), "breaker.slow-call", slowCall, "PT0.001S–PT1H");
            check(slowRate >= 1 && slowRate <= 100, "breaker.slow-rate", slowRate, "1–100");
            check(within(openFor, "PT0.01S", "PT1H"), "breaker.open-for", openFor, "PT0.01S–PT1H");
            check(probes >= 1 && probes <= 1000, "breaker.probes", probes, "1–1000");
        }
    }

    /**
     * @param cookie name of the flow cookie; HttpOnly, Secure, Path=/; default {@code __Host-checkout-flow}
     * @param sameSite Lax (default), Strict, or None where a storefront calls from another site
     * @param binding strict (default): on the browser face a token leased to a flow is charged by that flow alone; off:
     *     by any flow of its tenant
     * @param reuseFor a repeated refresh in one flow gets the same unspent token for so long; default 30 s, 0 s = never
     */
    public record Flow(
            @DefaultValue("__Host-checkout-flow") String cookie,
            @DefaultValue("Lax") SameSite sameSite,
            @DefaultValue("strict") Binding binding,
            @DefaultValue("30s") Duration reuseFor) {
        private static final Pattern COOKIE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

        /** The cookie's {@code SameSite} attribute. */
        public enum SameSite {
            LAX("Lax"),
            STRICT("Strict"),
            NONE("None");

            private final String attribute;

            SameSite(String attribute) {
                this.attribute = attribute;
            }

            public String attribute() {
                return attribute;
            }
        }

        /** Whose token it is on the browser face. */
        public enum Binding {
            STRICT,
            OFF
        }

        public Flow {
            check(COOKIE_NAME.matcher(cookie).matches(), "flow.cookie", cookie, COOKIE_NAME.pattern());
            check(within(reuseFor, "PT0S", "PT1H"), "flow.reuse-for", reuseFor, "PT0S–PT1H");
        }
    }

    /**
     * @param timeout of the whole call, body included; 50 ms–10 min, default 30 s
     * @param connectTimeout of the connection alone; default 2 s
     * @param maxBody of a charge's body; 1 byte–1 MB, default 16 KB
     * @param maxConcurrent charges under way, per tenant; beyond it 503 {@code overloaded}; 1–100,000, default 64
     * @param ledger memory (default), or redis: needed for more than one replica, and to outlive a restart
     * @param redisReplicas replicas that must confirm a record before the charge is sent: all that may take over, since one
     *     that has not confirmed it does not know of it; 0–10, default 0
     * @param keepFor how long an outcome is remembered; at least {@code token.ttl + charge.timeout}; default 24 h
     * @param memory bound of the memory ledger; 1 MB–1 TB, default 64 MB
     * @param unknownToken refuse (default), or forward: only where tokens are also made elsewhere
     */
    public record Charge(
            @DefaultValue("30s") Duration timeout,
            @DefaultValue("2s") Duration connectTimeout,
            @DefaultValue("16KB") DataSize maxBody,
            @DefaultValue("64") int maxConcurrent,
            @DefaultValue("memory") Store ledger,
            @DefaultValue("0") int redisReplicas,
            @DefaultValue("24h") Duration keepFor,
            @DefaultValue("64MB") DataSize memory,
            @DefaultValue("refuse") UnknownToken unknownToken) {
        /** Where the ledger is kept. */
        public enum Store {
            MEMORY,
            REDIS
        }

        /** What a charge with a token that was not leased here gets. */
        public enum UnknownToken {
            REFUSE,
            FORWARD
        }

        public Charge {
            check(within(timeout, "PT0.05S", "PT10M"), "charge.timeout", timeout, "PT0.05S–PT10M");
            check(within(connectTimeout, "PT0.01S", "PT1M"), "charge.connect-timeout", connectTimeout, "PT0.01S–PT1M");
            check(maxBody.toBytes() >= 1 && maxBody.toBytes() <= 1 << 20, "charge.max-body", maxBody, "1B–1MB");
            check(maxConcurrent >= 1 && maxConcurrent <= 100_000, "charge.max-concurrent", maxConcurrent, "1–100000");
            check(redisReplicas >= 0 && redisReplicas <= 10, "charge.redis-replicas", redisReplicas, "0–10");
            check(memory.toMegabytes() >= 1 && memory.toBytes() <= 1L << 40, "charge.memory", memory, "1MB–1TB");
        }
    }

    /**
     * Token buckets of the browser face, per replica.
     *
     * @param refreshPerFlow every refresh counts, reused ones too; default 20/1m
     * @param refreshPerClient client = tenant and address; default 120/1m
     * @param chargePerClient default 30/1m
     * @param declinesPerClient PekoPay's own 4xx to a charge that was sent, once per token; default 10/1h
     * @param declinesPerFlow beyond it 429 before anything is sent; default 5/1h
     * @param trustedProxies CIDR blocks whose {@code X-Forwarded-For} is believed; default none
     */
    public record Limits(
            @DefaultValue("20/1m") Rate refreshPerFlow,
            @DefaultValue("120/1m") Rate refreshPerClient,
            @DefaultValue("30/1m") Rate chargePerClient,
            @DefaultValue("10/1h") Rate declinesPerClient,
            @DefaultValue("5/1h") Rate declinesPerFlow,
            @DefaultValue List<String> trustedProxies) {
        public Limits {
            trustedProxies.forEach(AddressBlock::parse);
        }
    }

    /** @param keySha256 hex SHA-256 of the key that settles charges from off loopback; none = nobody */
    public record Operator(@Nullable String keySha256) {
        public Operator {
            check(
                    keySha256 == null || keySha256.isEmpty() || keySha256.matches("[0-9a-fA-F]{64}"),
                    "operator.key-sha256",
                    "****",
                    "64 hex digits");
            keySha256 = keySha256 == null || keySha256.isEmpty() ? null : keySha256;
        }
    }

    private static boolean within(Duration value, String least, String most) {
        return value.compareTo(Duration.parse(least)) >= 0 && value.compareTo(Duration.parse(most)) <= 0;
    }
}
