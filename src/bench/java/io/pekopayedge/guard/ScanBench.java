package io.pekopayedge.guard;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to read a charge of 4 KB and to look for card data in it: {@code mvn -Pbench verify
 * -Dbench.main=org.openjdk.jmh.Main -Dbench.arguments=ScanBench}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ScanBench {
    private static final int SIZE = 4096;

    /** A basket; one whose names and texts are not ASCII; one string of digits that are no card, the worst there is. */
    @Param({"basket", "umlauts", "digits"})
    public String body;

    private byte[] bytes = {};

    @Setup
    public void fill() {
        String item = switch (body) {
            case "basket" ->
                "{\"sku\":\"A-1234-567\",\"name\":\"Coffee, 500 g\",\"quantity\":2,\"price\":\"12.50\",\"ean\":\"4006381333931\"},";
            case "umlauts" -> "{\"sku\":\"Ä-1234\",\"größe\":\"Käse, 500 g, für 2026\",\"preis\":12.5},";
            default -> "\"4444444444444444444444444444444444444444444444444444444444444444\",";
        };
        StringBuilder json = new StringBuilder("{\"paymentToken\":\"sess_1qh07rdmm7aa\",\"items\":[");
        while (json.length() + item.length() + 4 < SIZE) {
            json.append(item);
        }
        bytes = json.append("0]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public ChargeBody read() {
        return ChargeBody.read(bytes, List.of(), true);
    }
}
