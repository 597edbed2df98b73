package io.pekopayedge.settings;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Which known name somebody may have meant. */
public final class NearName {
    private NearName() {}

    /** {@code did you mean x?}, or the names that are known. */
    public static String remedy(String name, Set<String> known) {
        for (String candidate : known) {
            if (bare(candidate).equals(bare(name)) || distance(candidate, name) <= Math.min(2, name.length() / 3)) {
                return "did you mean " + candidate + "?";
            }
        }
        return "known here: " + known.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String bare(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** Levenshtein's, in one row. */
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 2) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
