package io.pekopayedge.settings;

/** A setting out of its range. The message is {@code key: value (expected: range)} and stops the start. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SettingsException(String key, Object value, String expected) {
        super(key + ": " + value + " (expected: " + expected + ")");
    }

    static void check(boolean holds, String key, Object value, String expected) {
        if (!holds) {
            throw new SettingsException("pekopay.edge." + key, value, expected);
        }
    }
}
