package io.pekopayedge.tenant;

/** Why a value cannot stand, and what to write instead. Never holds the value: it may be a secret. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    Refusal(String reason, String remedy) {
        super(reason, null, false, false);
        this.remedy = remedy;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    String remedy() {
        return remedy;
    }
}
