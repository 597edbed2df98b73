package io.pekopayedge.tenant;

/**
 * One thing that is wrong, or risky, in a configuration file. Never holds a value that could be a secret. Immutable.
 *
 * @param file path of the file, as it was configured
 * @param line counted from 1; 1 where no line is to blame
 * @param key as a path, such as {@code api-keys[0].sha256}; empty for the whole file
 * @param reason what is wrong
 * @param remedy what to write instead
 */
public record Finding(String file, int line, String key, String reason, String remedy) {
    /** {@code file:line: key: reason (remedy)}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + (key.isEmpty() ? "" : key + ": ") + reason + " (" + remedy + ")";
    }
}
