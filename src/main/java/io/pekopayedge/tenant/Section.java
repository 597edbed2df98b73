package io.pekopayedge.tenant;

import io.pekopayedge.settings.NearName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of a tenant file. Scalars are read as they are written, whatever YAML would make of them: a tenant
 * {@code 0123} or {@code 1e5} stays itself. What is wrong goes to the findings, and reads as absent. For one thread.
 */
final class Section {
    private static final Set<Tag> PLAIN = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.TIMESTAMP, Tag.NULL);

    /** What may be repeated in a finding: a value that slipped into a key's place is hardly of this form. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.<-]{1,64}");
    /** The same beside credentials, where such a value would be a secret. */
    private static final Pattern WORDS = Pattern.compile("[A-Za-z]{1,16}([_.-][A-Za-z]{1,16}){0,3}");

    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final int line;
    private final String path;
    private final Findings findings;
    private final Placeholders placeholders;

    /** @param known the keys that may stand here; empty: any */
    Section(MappingNode node, String path, Set<String> known, Findings findings, Placeholders placeholders) {
        this.line = lineOf(node);
        this.path = path;
        this.findings = findings;
        this.placeholders = placeholders;
        for (NodeTuple entry : node.getValue()) {
            add(entry, known);
        }
    }

    private void add(NodeTuple entry, Set<String> known) {
        int at = lineOf(entry.getKeyNode());
        if (!(entry.getKeyNode() instanceof ScalarNode scalar)) {
            findings.problem(at, path, "a key that is not text", "write keys as plain words");
            return;
        }
        Pattern form = path.endsWith("credentials") ? WORDS : NAME;
        String key = form.matcher(scalar.getValue()).matches() ? scalar.getValue() : "?";
        Integer first = lines.putIfAbsent(key, at);
        if (first != null) {
            findings.problem(at, path(key), "given twice, first in line " + first, "remove one of the two");
        } else if (!known.isEmpty() && !known.contains(key)) {
            findings.problem(at, path(key), "unknown key", NearName.remedy(key, known));
        } else if (!isNull(entry.getValueNode())) {
            entries.put(key, entry.getValueNode());
        } else {
            findings.problem(at, path(key), "has no value", "give it one, or remove the line");
        }
    }

    /** Whether it stands here, right or wrong. */
    boolean has(String key) {
        return lines.containsKey(key);
    }

    Set<String> keys() {
        return entries.keySet();
    }

    /** Where it stands, or else where the section begins. */
    int line(String key) {
        return lines.getOrDefault(key, line);
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    void problem(String key, String reason, String remedy) {
        findings.problem(line(key), path(key), reason, remedy);
    }

    void warning(String key, String reason, String remedy) {
        findings.warning(line(key), path(key), reason, remedy);
    }

    /** @return null if absent or refused */
    <T> @Nullable T value(String key, Function<String, T> parse) {
        Node node = entries.get(key);
        return node == null ? null : scalar(node, path(key), parse);
    }

    /** Like {@link #value}, and its absence is a problem. */
    <T> @Nullable T required(String key, Function<String, T> parse, String remedy) {
        if (!has(key)) {
            problem(key, "is missing", remedy);
        }
        return value(key, parse);
    }

    /** The values of a list with the line of each, in order, without the refused ones. */
    <T> Map<T, Integer> values(String key, Function<String, T> parse) {
        Map<T, Integer> values = new LinkedHashMap<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            T value = scalar(items.get(i), path(key) + "[" + i + "]", parse);
            if (value != null) {
                values.putIfAbsent(value, lineOf(items.get(i)));
            }
        }
        return values;
    }

    @Nullable
    Section section(String key, Set<String> known) {
        Node node = entries.get(key);
        return node == null ? null : mapping(node, path(key), known);
    }

    List<Section> sections(String key, Set<String> known) {
        List<Section> sections = new ArrayList<>();
        List<Node> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            Section section = mapping(items.get(i), path(key) + "[" + i + "]", known);
            if (section != null) {
                sections.add(section);
            }
        }
        return sections;
    }

    private List<Node> items(String key) {
        Node node = entries.get(key);
        if (node == null || node instanceof SequenceNode) {
            return node == null ? List.of() : ((SequenceNode) node).getValue();
        }
        wrongType(node, path(key), "a list");
        entries.remove(key);
        return List.of();
    }

    private @Nullable Section mapping(Node node, String at, Set<String> known) {
        if (node instanceof MappingNode mapping) {
            return new Section(mapping, at, known, findings, placeholders);
        }
        wrongType(node, at, "a mapping");
        return null;
    }

    private <T> @Nullable T scalar(Node node, String at, Function<String, T> parse) {
        if (!(node instanceof ScalarNode scalar) || !PLAIN.contains(node.getTag()) || isNull(node)) {
            wrongType(node, at, "plain text");
            return null;
        }
        try {
            return parse.apply(placeholders.resolve(scalar.getValue()));
        } catch (Refusal refusal) {
            findings.problem(lineOf(node), at, refusal);
            return null;
        }
    }

    private void wrongType(Node node, String at, String expected) {
        String found = "a single value";
        if (node instanceof MappingNode) {
            found = "a mapping";
        } else if (node instanceof SequenceNode) {
            found = "a list";
        } else if (isNull(node)) {
            found = "nothing";
        } else if (!PLAIN.contains(node.getTag())) {
            found = "tagged";
        }
        findings.problem(lineOf(node), at, "is " + found + ", expected " + expected, "write " + expected);
    }

    private static boolean isNull(Node node) {
        return Tag.NULL.equals(node.getTag());
    }

    private static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
