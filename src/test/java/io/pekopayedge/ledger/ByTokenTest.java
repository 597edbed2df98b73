package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against a map of the JDK. */
class ByTokenTest {
    private final ByToken leases = new ByToken();

    @Test
    void anyOrderOfAddsAndRemoves_findsWhatIsThereAndNothingElse() {
        Random random = new Random(7);
        Map<Digest, Lease> there = new HashMap<>();
        List<Digest> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            all.add(new Digest(1, i % 200, i, 4)); // three of each chain
        }
        for (int step = 0; step < 20_000; step++) {
            Digest token = all.get(random.nextInt(all.size()));
            Lease lease = there.remove(token);
            if (lease == null) {
                lease = lease(token);
                leases.add(lease);
                there.put(token, lease);
            } else {
                leases.remove(lease);
            }
            if (step % 100 == 0) {
                all.forEach(each -> assertThat(leases.get(each)).isSameAs(there.get(each)));
            }
        }
        List.copyOf(there.values()).forEach(leases::remove);
        all.forEach(each -> assertThat(leases.get(each)).isNull());
    }

    private static Lease lease(Digest token) {
        return new Lease(token, "acme", null, 0, true);
    }
}
