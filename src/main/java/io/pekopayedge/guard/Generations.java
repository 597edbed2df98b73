package io.pekopayedge.guard;

import io.pekopayedge.settings.EdgeClock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered for a while after its last use, up to a bound: two maps. What is put or used goes to the young one.
 * When a period is over, or the young one holds half of the most, it becomes the old one, and what was old is forgotten at
 * once. So an entry outlives its last use by a period at least, and by less only while that many others are used; it is
 * forgotten as others come, at the second turn after its use.
 *
 * <p>Safe for use by several threads, and as long as a key is remembered it has one value for all of them. Nothing is
 * ever removed from a map that may be read; that is why a reader takes no lock, and writes nothing where the entry is
 * young. A cache that orders its entries by use and lets go one by one took up to a third of a refresh's time.
 */
public final class Generations<K, V> {
    private record Held<K, V>(Map<K, V> young, Map<K, V> old) {
        Held<K, V> turned() {
            return new Held<>(new ConcurrentHashMap<>(young.size()), young);
        }
    }

    private final long period;
    private final long half;
    private final ToIntFunction<V> weigher;
    private final EdgeClock clock;

    private volatile Held<K, V> held = new Held<>(new ConcurrentHashMap<>(), Map.of());
    /** Of the young; guarded by this, as all changes are. */
    private long weight;

    private long turned;

    /**
     * @param period without use, after which an entry may be forgotten
     * @param most weight that all entries have together
     * @param weigher gives one and the same weight for a value each time
     */
    public Generations(Duration period, long most, ToIntFunction<V> weigher, EdgeClock clock) {
        this.period = period.toNanos();
        this.half = most / 2;
        this.weigher = weigher;
        this.clock = clock;
        this.turned = clock.nanos();
    }

    /** Null where there is none; otherwise it is used. */
    public @Nullable V get(K key) {
        Held<K, V> seen = held;
        V value = seen.young.get(key);
        if (value != null) {
            return value;
        }
        value = seen.old.get(key);
        return value == null ? null : renewed(key, value);
    }

    public V get(K key, Supplier<V> first) {
        V value = get(key);
        return value != null ? value : renewed(key, first.get());
    }

    public synchronized void put(K key, V value) {
        turnInTime();
        add(key, value);
    }

    /** How many there are. */
    public synchronized long size() {
        turnInTime();
        return held.young.size()
                + held.old.keySet().stream()
                        .filter(key -> !held.young.containsKey(key))
                        .count();
    }

    /** @param otherwise for a key that has no value by now: one that was found a moment ago, or a first one */
    private synchronized V renewed(K key, V otherwise) {
        turnInTime();
        V young = held.young.get(key);
        if (young != null) {
            return young;
        }
        V value = held.old.getOrDefault(key, otherwise);
        add(key, value);
        return value;
    }

    private void add(K key, V value) {
        V before = held.young.put(key, value);
        weight += weigher.applyAsInt(value) - (before == null ? 0 : weigher.applyAsInt(before));
        if (weight >= half) {
            turn();
        }
    }

    /** One turn, however long ago the last: a hit in the young map leaves no trace, so what is there may be in use. */
    private void turnInTime() {
        if (clock.nanos() - turned >= period) {
            turn();
        }
    }

    private void turn() {
        held = held.turned();
        weight = 0;
        turned = clock.nanos();
    }
}
