package io.caravan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;

import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.springframework.util.FileSystemUtils;

/** The one browser of this JVM: made when first asked for, gone with the process. */
final class Chromium {

    private static final Path PROGRAM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private Chromium() {
    }

    private static final class One {
        static final ChromeDriver DRIVEN = start();
    }

    /** Without Chromium the test is left out and says why; with PAGE_TESTS=required, as .ci/run has it, it fails. */
    static ChromeDriver shared() {
        if (!Files.isExecutable(PROGRAM) || !Files.isExecutable(DRIVER)) {
            String missing = "The tests of the pages need Chromium and its driver, " + PROGRAM + " and " + DRIVER
                    + "; on Debian: apt-get install chromium chromium-driver";
            if ("required".equals(System.getenv("PAGE_TESTS"))) {
                throw new AssertionError(missing);
            }
            Assumptions.abort(missing);
        }
        return One.DRIVEN;
    }

    private static ChromeDriver start() {
        Path profile = profile();
        ChromeOptions options = new ChromeOptions();
        options.setBinary(PROGRAM.toFile());
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars", "--user-data-dir=" + profile);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(), options);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            driver.quit();
            FileSystemUtils.deleteRecursively(profile.toFile());
        }, "chromium-quits"));
        return driver;
    }

    private static Path profile() {
        try {
            return Files.createTempDirectory("caravan-chromium");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
