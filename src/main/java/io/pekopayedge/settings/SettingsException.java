package io.pekopayedge.settings;

/** A setting out of its range. The message is {@code key: value (expected: range)} and stops the start. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final String expected;

    public SettingsException(String key, Object value, String expected) {
        super(key + ": " + value + " (expected: " + expected + ")");
        this.key = key;
        this.expected = expected;
    }

    /** The whole key, such as {@code pekopay.edge.reserve.max}. */
    public String key() {
        return key;
    }

    /** The range, without the value. */
    public String expected() {
        return expected;
    }

    static void check(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new SettingsException("pekopay.edge." + key, value, expected);
        }
    }
}
