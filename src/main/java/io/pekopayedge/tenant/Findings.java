package io.pekopayedge.tenant;

import java.util.ArrayList;
import java.util.List;

/** What is found while one file is read. For one thread. */
final class Findings {
    private final String file;
    private final List<Finding> problems = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    Findings(String file) {
        this.file = file;
    }

    void problem(int line, String key, String reason, String remedy) {
        problems.add(new Finding(file, line, key, reason, remedy));
    }

    void problem(int line, String key, Refusal refusal) {
        problem(line, key, refusal.reason(), refusal.remedy());
    }

    void warning(int line, String key, String reason, String remedy) {
        warnings.add(new Finding(file, line, key, reason, remedy));
    }

    /** The file cannot be served as it is. */
    List<Finding> problems() {
        return List.copyOf(problems);
    }

    /** It is served, but somebody should know. */
    List<Finding> warnings() {
        return List.copyOf(warnings);
    }
}
