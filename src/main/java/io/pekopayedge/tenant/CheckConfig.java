package io.pekopayedge.tenant;

import io.pekopayedge.settings.EdgeSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * {@code --check-config}: reads the configuration as a start would, from the same places, and prints every problem of it
 * and of the tenant files with file, line, key and remedy. Nothing is started and no other machine is asked.
 */
public final class CheckConfig {
    private static final String ARGUMENT = "--check-config";

    /** Without beans: only the environment is wanted. */
    static final class Nothing {}

    private final PrintStream out;
    private int problems;

    private CheckConfig(PrintStream out) {
        this.out = out;
    }

    /** Whether the command line asks for it. */
    public static boolean asked(String... arguments) {
        return Arrays.asList(arguments).contains(ARGUMENT);
    }

    /** @return the exit code: 1 if there is any problem, else 0; warnings are none */
    public static int run(PrintStream out, String... arguments) {
        CheckConfig check = new CheckConfig(out);
        SpringApplication application = new SpringApplication(Nothing.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        try (ConfigurableApplicationContext context = application.run(quietly(arguments))) {
            check.check(context.getEnvironment());
        } catch (RuntimeException e) {
            check.unreadable(e);
        }
        out.println(check.problems == 0 ? "Configuration is good." : "Problems: " + check.problems);
        return check.problems == 0 ? 0 : 1;
    }

    /** What application.yml says of servers and logging must not get into the way. */
    private static String[] quietly(String... arguments) {
        return Stream.concat(
                        Arrays.stream(arguments),
                        Stream.of(
                                "--spring.main.web-application-type=none",
                                "--spring.main.banner-mode=off",
                                "--logging.level.root=OFF"))
                .toArray(String[]::new);
    }

    private void check(ConfigurableEnvironment environment) {
        SettingsFindings settings = SettingsFindings.of(environment);
        problems(settings.findings());
        EdgeSettings bound = settings.settings();
        if (bound != null) {
            tenants(bound, Placeholders.of(environment));
        }
    }

    private void tenants(EdgeSettings settings, Placeholders placeholders) {
        Path location = settings.tenants().location();
        TenantFileReader reader = new TenantFileReader(settings.environments(), settings.reserve(), placeholders);
        TenantFolder folder = new TenantFolder(location, reader, Clock.systemUTC());
        try {
            folder.look();
        } catch (IOException e) {
            problems(List.of(TenantSource.finding(location, e)));
            return;
        }
        for (TenantFile file : folder.files()) {
            problems(file.findings());
            file.reading().warnings().forEach(warning -> out.println("WARN  " + warning));
        }
        out.println(
                "Tenants: " + folder.served().size() + " of " + folder.files().size() + " files in " + location);
    }

    private void problems(List<Finding> findings) {
        problems += findings.size();
        findings.forEach(finding -> out.println("ERROR " + finding));
    }

    /** Spring could not even read its files. The parser's message quotes the line, where a secret may stand. */
    private void unreadable(RuntimeException e) {
        String where = "application.yml";
        String what = String.valueOf(e.getMessage());
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof MarkedYAMLException marked) {
                int line = marked.getProblemMark() == null
                        ? 1
                        : marked.getProblemMark().getLine() + 1;
                where = marked.getProblemMark() == null
                        ? where
                        : marked.getProblemMark().getName() + " in application.yml, line " + line;
                what = "is not well-formed YAML";
            }
        }
        problems++;
        out.println("ERROR " + where + ": " + what);
    }
}
