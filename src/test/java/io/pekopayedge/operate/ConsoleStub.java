package io.pekopayedge.operate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.lang.Nullable;

/** A real management server whose two endpoints tell what a test wants told. */
public final class ConsoleStub implements AutoCloseable {
    private static final String NOT_NEEDED = "org.springframework.cloud.gateway.config.GatewayAutoConfiguration";

    /** What {@code GET /actuator/tenants} says. */
    public volatile List<Map<String, Object>> tenants = List.of();

    public volatile List<Map<String, Object>> invalid = List.of();
    /** What {@code GET /actuator/charges?state=unknown} says. */
    public final List<Map<String, Object>> charges = new CopyOnWriteArrayList<>();
    /** Bodies of {@code POST /actuator/charges/{id}}, as {@code id outcome by note}. */
    public final List<String> settled = new CopyOnWriteArrayList<>();
    /** What a settling is answered with; 200 takes the charge off the list. */
    public volatile int settleStatus = 200;

    public volatile int asked;

    private final ConfigurableApplicationContext context;

    public ConsoleStub() {
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .initializers(context -> context.getBeanFactory().registerSingleton("stub", this))
                .properties(
                        "server.port=0",
                        "management.server.port=0",
                        "management.server.address=127.0.0.1",
                        "management.endpoints.web.exposure.include=*",
                        "spring.autoconfigure.exclude=" + NOT_NEEDED,
                        "spring.main.banner-mode=off",
                        "logging.level.root=WARN")
                .run("--spring.config.location=optional:classpath:/none/");
    }

    /** As new: one stub serves all tests of a class. */
    public void reset() {
        tenants = List.of();
        invalid = List.of();
        charges.clear();
        settled.clear();
        settleStatus = 200;
    }

    public String url() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port");
    }

    public String publicUrl() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
    }

    @Override
    public void close() {
        context.close();
    }

    /** A tenant that is well; tests change what they tell about. */
    public static Map<String, Object> tenant(String id, Object... changes) {
        var tenant = new LinkedHashMap<String, Object>();
        tenant.put("id", id);
        tenant.put("file", id + ".yml");
        tenant.put("environment", "sandbox");
        tenant.put("baseUrl", "https://sandbox-api.peko-pay.com");
        tenant.put("active", true);
        tenant.put("reserve", reserve(36, 4, 40, 0.066));
        tenant.put("breakers", map("mint", "CLOSED", "charge", "CLOSED"));
        tenant.put("mint", map("ok", 1204, "failed", 3, "lastMillis", 84, "lastFailure", null));
        tenant.put(
                "credentials",
                map(
                        "current",
                        map("fingerprint", "9f2c41ab", "since", ago(86_400 * 3), "lastRefused", null),
                        "previous",
                        null));
        tenant.put(
                "charges",
                map("accepted", 812, "declined", 41, "replayed", 12, "refused", 7, "unknown", 0, "unreachable", 0));
        tenant.put("unknown", 0);
        tenant.putAll(map(changes));
        return tenant;
    }

    public static Map<String, Object> reserve(int fresh, int stale, int target, double demand) {
        return map(
                "target",
                target,
                "fresh",
                fresh,
                "stale",
                stale,
                "oldestAgeSeconds",
                fresh + stale == 0 ? null : 1290,
                "demandPerSecond",
                demand,
                "waiting",
                0,
                "minting",
                0,
                "nextMint",
                null);
    }

    public static Map<String, Object> map(Object... pairs) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    public static String ago(long seconds) {
        return Instant.now().minusSeconds(seconds).toString();
    }

    @EnableAutoConfiguration
    static class Application {
        @Bean
        TenantsEndpoint tenantsEndpoint(ConsoleStub stub) {
            return new TenantsEndpoint(stub);
        }

        @Bean
        ChargesEndpoint chargesEndpoint(ConsoleStub stub) {
            return new ChargesEndpoint(stub);
        }
    }

    @Endpoint(id = "tenants")
    record TenantsEndpoint(ConsoleStub stub) {
        @ReadOperation
        public Map<String, Object> tenants() {
            stub.asked++;
            return Map.of("tenants", stub.tenants, "invalid", stub.invalid);
        }
    }

    @Endpoint(id = "charges")
    record ChargesEndpoint(ConsoleStub stub) {
        @ReadOperation
        public Map<String, Object> charges(@Nullable String state) {
            return Map.of("charges", new ArrayList<>(stub.charges));
        }

        @WriteOperation
        public WebEndpointResponse<Map<String, String>> settle(
                @Selector String id, String outcome, String by, @Nullable String note) {
            if (stub.settleStatus == 200) {
                stub.settled.add(String.join(" ", id, outcome, by, note));
                stub.charges.removeIf(charge -> id.equals(charge.get("id")));
            }
            return new WebEndpointResponse<>(Map.of("detail", "this charge is not unknown"), stub.settleStatus);
        }
    }
}
