package io.pekopayedge.guard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names seen in each object that is open. Few are compared one by one; a set is made only for many. */
final class MemberNames {
    private static final int FEW = 16;

    private static final class Seen {
        private final String[] few = new String[FEW];
        private int count;
        private @Nullable Set<String> many;

        boolean add(String name) {
            if (many != null) {
                return many.add(name);
            }
            for (int i = 0; i < count; i++) {
                if (few[i].equals(name)) {
                    return false;
                }
            }
            if (count < FEW) {
                few[count++] = name;
                return true;
            }
            many = new HashSet<>(List.of(few));
            return many.add(name);
        }

        void clear() {
            count = 0;
            many = null;
        }
    }

    private final List<Seen> seen = new ArrayList<>();
    private int open;

    void open() {
        if (open == seen.size()) {
            seen.add(new Seen());
        }
        seen.get(open++).clear();
    }

    void close() {
        open--;
    }

    /** @return false if the innermost open object has that name already */
    boolean add(String name) {
        return seen.get(open - 1).add(name);
    }
}
