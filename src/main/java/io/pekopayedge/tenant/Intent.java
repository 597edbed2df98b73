package io.pekopayedge.tenant;

import java.util.Locale;

/**
 * What a charge is for, and where it goes.
 *
 * @param name as a body's {@code intent} gives it
 * @param path upstream path, {@code {tenantId}} already replaced; starts with a slash
 * @param match the path as it is compared: lower case, without trailing slashes
 */
public record Intent(String name, String path, String match) {
    public static Intent of(String name, String template, String tenantId) {
        String path = template.replace("{tenantId}", tenantId);
        return new Intent(name, path, normalize(path));
    }

    /** A decoded request path in the form of {@link #match}. */
    public static String normalize(String path) {
        int end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        // Up before down: a long s and its like fold only that way.
        return path.substring(0, end).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
