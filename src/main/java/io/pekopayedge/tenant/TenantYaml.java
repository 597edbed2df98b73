package io.pekopayedge.tenant;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * From the bytes of a tenant file to its outermost {@link Section}. Nothing is constructed from tags, and no message of
 * the YAML parser is passed on: it quotes the line, where a secret may stand.
 */
final class TenantYaml {
    static final int MOST_BYTES = 256 * 1024;
    private static final int DEEPEST = 20;
    private static final int MOST_ALIASES = 20;
    private static final String QUOTE = "check the indentation here, and quote values that hold : # @ & * ! | > % or `";

    private static final LoaderOptions LIMITS = limits();
    private static final Resolver TAGS = new Resolver();

    private TenantYaml() {}

    /** @return null if it cannot be read; the findings then say why */
    static @Nullable Section open(byte[] bytes, Set<String> known, Findings findings, Placeholders placeholders) {
        try {
            if (bytes.length > MOST_BYTES) {
                throw new Refusal(
                        "is larger than 256 KB", "one tenant a file; move it out of the tenants folder if it is none");
            }
            Node root = compose(text(bytes));
            if (root == null) {
                throw new Refusal("is empty", "write the tenant's keys, or delete the file");
            }
            if (root instanceof MappingNode mapping) {
                return new Section(mapping, "", known, findings, placeholders);
            }
            throw new Refusal("is not a mapping of keys to values", "begin with tenant-id: …");
        } catch (Refusal refusal) {
            findings.problem(1, "", refusal);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            findings.problem(line, "", "is not well-formed YAML" + hint(e.getProblem()), QUOTE);
        } catch (YAMLException e) {
            findings.problem(
                    1, "", "is not readable as YAML: too deep, too many aliases, or control characters", QUOTE);
        }
        return null;
    }

    private static @Nullable Node compose(String text) {
        StreamReader reader = new StreamReader(text);
        return new Composer(new ParserImpl(reader, LIMITS), TAGS, LIMITS).getSingleNode();
    }

    private static LoaderOptions limits() {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(MOST_BYTES);
        limits.setNestingDepthLimit(DEEPEST);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        return limits;
    }

    /** @throws Refusal if it is not UTF-8; a byte order mark is dropped */
    static String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new Refusal("is not UTF-8", "save it as UTF-8");
        }
    }

    /** Of the parser's words only those that cannot hold content. */
    private static String hint(@Nullable String problem) {
        if (problem == null) {
            return "";
        }
        if (problem.contains("TAB")) {
            return ": a tab where blanks are needed";
        }
        if (problem.startsWith("mapping values are not allowed")) {
            return ": a colon where none can be";
        }
        if (problem.contains("but found another document")) {
            return ": a second document";
        }
        return "";
    }
}
