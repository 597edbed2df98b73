package io.pekopayedge.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;

/** W3C Trace Context, §3.2 and §3.3: what a client may say, and what counts as not said. */
class TraceContextTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static HttpHeaders fields(String parent, String... states) {
        HttpHeaders headers = new HttpHeaders();
        headers.add("traceparent", parent);
        for (String state : states) {
            headers.add("tracestate", state);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PARENT,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like"
            })
    void parent_ofItsForm_isTaken(String parent) {
        TraceContext trace = TraceContext.of(fields(parent));

        assertThat(trace.parent()).isEqualTo(parent);
        assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            })
    void parent_ofAnotherForm_isAbsent(String parent) {
        assertThat(TraceContext.of(fields(parent, "a=1"))).isEqualTo(TraceContext.NONE);
    }

    @Test
    void parent_twice_isAbsent() {
        HttpHeaders headers = fields(PARENT);
        headers.add("traceparent", PARENT);

        assertThat(TraceContext.of(headers)).isEqualTo(TraceContext.NONE);
    }

    @Test
    void state_inSeveralFields_isOneListInTheirOrder() {
        assertThat(TraceContext.of(fields(PARENT, "rojo=00f067aa0ba902b7 , ,tenant@vendor=x y", "a=1"))
                        .state())
                .isEqualTo("rojo=00f067aa0ba902b7,tenant@vendor=x y,a=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ,", "a", "a=", "A=1", "a=1=2", "a=b\u00e9", "=1"})
    void state_ofAnotherForm_isAbsent_andTheParentStays(String state) {
        assertThat(TraceContext.of(fields(PARENT, state))).isEqualTo(new TraceContext(PARENT, null));
    }

    @Test
    void state_tooLong_isAbsent() {
        assertThat(TraceContext.of(fields(PARENT, "a=" + "x".repeat(256), "b=" + "x".repeat(255)))
                        .state())
                .isNull();
        assertThat(TraceContext.of(fields(PARENT, "a=1,".repeat(33))).state()).isNull();
        assertThat(TraceContext.of(fields(PARENT, "a=1,".repeat(32))).state()).isNotNull();
    }

    @Test
    void stateWithoutParent_isAbsent() {
        HttpHeaders headers = new HttpHeaders();
        headers.add("tracestate", "a=1");

        assertThat(TraceContext.of(headers)).isEqualTo(TraceContext.NONE);
    }
}
