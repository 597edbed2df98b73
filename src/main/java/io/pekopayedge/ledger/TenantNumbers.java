package io.pekopayedge.ledger;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A number for each tenant, so that a row of numbers can say whose it is. It forgets none: there are as many as ever had a
 * record. Safe for threads.
 */
final class TenantNumbers {
    private final ConcurrentMap<String, Integer> numbers = new ConcurrentHashMap<>();
    private volatile String[] names = {};

    int of(String name) {
        Integer number = numbers.get(name);
        return number != null ? number : added(name);
    }

    /** @param number from {@link #of} */
    String name(int number) {
        return names[number];
    }

    private synchronized int added(String name) {
        Integer number = numbers.get(name);
        if (number != null) {
            return number;
        }
        int last = names.length;
        String[] more = Arrays.copyOf(names, last + 1);
        more[last] = name;
        names = more;
        numbers.put(name, last);
        return last;
    }
}
