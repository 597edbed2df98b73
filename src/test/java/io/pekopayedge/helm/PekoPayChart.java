package io.pekopayedge.helm;

import com.marcnuri.helm.Helm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;

/** The chart as an operator uses it: release {@code edge}, namespace {@code pay}, Helm's own engine. */
public final class PekoPayChart {
    public static final Path FOLDER = Path.of("helm/pekopay-edge");

    private PekoPayChart() {}

    /** The value sets under {@code ci/}, by name. */
    public static List<Path> valueSets() throws Exception {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.sorted().toList();
        }
    }

    /** One value set and, on top, pairs of {@code --set}. Throws Helm's own message when they are refused. */
    public static String render(String valueSet, String... sets) {
        return render(FOLDER, FOLDER.resolve("ci").resolve(valueSet + ".yml"), sets);
    }

    public static String render(Path chart, Path values, String... sets) {
        var template = new Helm(chart)
                .template()
                .withName("edge")
                .withNamespace("pay")
                .withKubeVersion("1.33.0")
                .withValuesFile(values);
        for (int i = 0; i < sets.length; i += 2) {
            template.set(sets[i], sets[i + 1]);
        }
        return template.call();
    }

    /** Every object of a rendering. */
    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> objects(String rendered) {
        return StreamSupport.stream(new Yaml().loadAll(rendered).spliterator(), false)
                .filter(document -> document != null)
                .map(document -> (Map<String, Object>) document)
                .toList();
    }

    /** The one object of a kind whose name ends so. */
    public static Map<String, Object> object(String rendered, String kind, String nameEnd) {
        var found = objects(rendered).stream()
                .filter(object -> object.get("kind").equals(kind))
                .filter(object -> ((String) at(object, "metadata", "name")).endsWith(nameEnd))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects " + kind + " …" + nameEnd + " in\n" + rendered);
        }
        return found.get(0);
    }

    /** What stands at a path of keys and list indexes; null where there is nothing. */
    @SuppressWarnings("unchecked")
    public static <T> T at(Object object, Object... path) {
        Object here = object;
        for (Object step : path) {
            if (here == null) {
                return null;
            }
            here = step instanceof Integer index ? ((List<?>) here).get(index) : ((Map<?, ?>) here).get(step);
        }
        return (T) here;
    }
}
