package io.pekopayedge.tenant;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenants that are served now: an immutable snapshot, swapped whole. Any thread may read; {@link #swap} is called by
 * one thread at a time.
 */
public final class Tenants {
    /**
     * Told of every tenant that came, changed or went, after the swap, on the swapping thread; must not block. One that
     * throws takes the news from nobody else.
     */
    public interface Listener {
        /**
         * @param before null if it came
         * @param after null if it went
         */
        void changed(@Nullable Tenant before, @Nullable Tenant after);
    }

    private record Snapshot(Map<String, Tenant> byId, Map<String, Tenant> byHost, Set<ByteBuffer> keys) {}

    private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);

    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile Snapshot snapshot = new Snapshot(Map.of(), Map.of(), Set.of());

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public @Nullable Tenant byId(String id) {
        return snapshot.byId.get(id);
    }

    /** @param host a {@code Host} field value: its port and letter case are ignored */
    public @Nullable Tenant byHost(String host) {
        Map<String, Tenant> byHost = snapshot.byHost;
        Tenant tenant = byHost.get(host);
        return tenant != null ? tenant : byHost.get(withoutPort(host).toLowerCase(Locale.ROOT));
    }

    /** @param sha256 of an API key */
    public boolean anyHasKey(byte[] sha256) {
        return snapshot.keys.contains(ByteBuffer.wrap(sha256));
    }

    public Collection<Tenant> all() {
        return snapshot.byId.values();
    }

    /** @param tenants with distinct ids and hosts */
    public void swap(Collection<Tenant> tenants) {
        Map<String, Tenant> byId = new HashMap<>();
        Map<String, Tenant> byHost = new HashMap<>();
        Set<ByteBuffer> keys = new HashSet<>();
        for (Tenant tenant : tenants) {
            tenant.apiKeys().forEach(key -> keys.add(key.digest()));
            byId.put(tenant.id(), tenant);
            tenant.hosts().forEach(host -> byHost.put(host, tenant));
        }
        Map<String, Tenant> before = snapshot.byId;
        snapshot = new Snapshot(
                Collections.unmodifiableMap(byId),
                Collections.unmodifiableMap(byHost),
                Collections.unmodifiableSet(keys));
        before.forEach((id, tenant) -> {
            if (!tenant.equals(byId.get(id))) {
                tell(tenant, byId.get(id));
            }
        });
        byId.forEach((id, tenant) -> {
            if (!before.containsKey(id)) {
                tell(null, tenant);
            }
        });
    }

    private void tell(@Nullable Tenant before, @Nullable Tenant after) {
        for (Listener listener : listeners) {
            try {
                listener.changed(before, after);
            } catch (RuntimeException | Error e) {
                LOG.error("A listener failed; the tenants are swapped, and the others are told", e);
            }
        }
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
