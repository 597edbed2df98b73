package io.pekopayedge.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** The machine's own Chromium, headless. For one thread, as Playwright is. */
public final class Chromium implements AutoCloseable {
    private static final List<String> FLAGS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final @Nullable Browser browser;
    private final @Nullable BrowserContext context;

    private Chromium(Playwright playwright, @Nullable Browser browser, @Nullable BrowserContext context) {
        this.playwright = playwright;
        this.browser = browser;
        this.context = context;
    }

    /** A browser for any number of shoppers. Aborts the test, saying why, where no Chromium is installed. */
    public static Chromium start() {
        Path executable = executable();
        Playwright playwright = playwright();
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setHeadless(true)
                        .setIgnoreDefaultArgs(List.of("--disable-back-forward-cache"))
                        .setArgs(FLAGS));
        return new Chromium(playwright, browser, null);
    }

    /** A browser for one shopper, with the settings that stand in this profile folder. Aborts as {@link #start} does. */
    static Chromium withProfile(Path profile) {
        Path executable = executable();
        Playwright playwright = playwright();
        BrowserContext context = playwright
                .chromium()
                .launchPersistentContext(
                        profile,
                        new BrowserType.LaunchPersistentContextOptions()
                                .setExecutablePath(executable)
                                .setHeadless(true)
                                .setArgs(FLAGS));
        return new Chromium(playwright, null, context);
    }

    /** Of {@link #start}. */
    public Browser browser() {
        return Objects.requireNonNull(browser);
    }

    /** Of {@link #withProfile}. */
    BrowserContext context() {
        return Objects.requireNonNull(context);
    }

    @Override
    public void close() {
        if (browser != null) {
            browser.close();
        }
        if (context != null) {
            context.close();
        }
        playwright.close();
    }

    private static Path executable() {
        return Stream.of(
                        System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium"),
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> Assumptions.abort(
                        "No Chromium here: the browser tests did not run (apt-get install chromium, or set CHROMIUM)"));
    }

    /** Its driver, told not to fetch a browser of its own. */
    private static Playwright playwright() {
        return Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }
}
