package io.pekopayedge.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;

class TenantNumbersTest {
    private final TenantNumbers numbers = new TenantNumbers();

    /** Two tenants with one number would charge each other's tokens. */
    @RepeatedTest(20)
    void of_fromManyThreads_isOneNumberForEachName() {
        List<String> names =
                IntStream.range(0, 500).mapToObj(i -> "tenant-" + i).toList();
        IntStream.range(0, 4)
                .parallel()
                .forEach(thread -> names.forEach(name -> {
                    assertThat(numbers.name(numbers.of(name))).isEqualTo(name);
                }));
        assertThat(names.stream().map(numbers::of)).doesNotHaveDuplicates().allMatch(number -> number < names.size());
    }
}
