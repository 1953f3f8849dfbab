package io.caravan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Pages as a person has them: opened, read, worked by keyboard, and judged by {@link #check}. One Chromium for all tests of the JVM. */
public class Browser {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int DESK = 1280;
    private static final int PHONE = 390;
    private static final Pattern REQUEST = Pattern.compile(
            "\"method\":\"Network\\.requestWillBeSent\".*?\"request\":\\{.*?\"url\":\"((?:https?|wss?):[^\"]*)\"");
    private static final List<String> MODIFIERS = List.of(Keys.CONTROL.toString(), Keys.SHIFT.toString(),
            Keys.ALT.toString(),
            Keys.META.toString());
    private static final String AXE = """
            const done = arguments[arguments.length - 1];
            axe.run(document, {iframes: false, resultTypes: ['violations']}).then(
              found => done(found.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(
                v => v.id + ' (' + v.help + '): ' + v.nodes.slice(0, 5).map(n => n.html + ' ' + n.failureSummary).join(' | '))),
              error => done(['axe failed: ' + error]));""";

    public final ChromeDriver driver;
    private final URI base;

    /** Comes in by the token link. */
    protected Browser(URI base, String token) {
        driver = Chromium.shared();
        this.base = base;
        size(DESK, false);
        driver.get(base + "/?token=" + token);
        said();
        requests();
    }

    public static Browser at(URI base, String token) {
        return new Browser(base, token);
    }

    public String url(String path) {
        return base + path;
    }

    /** The path that is shown, with its query. */
    public String path() {
        return driver.getCurrentUrl().substring(base.toString().length());
    }

    public Browser open(String path) {
        driver.get(url(path));
        return this;
    }

    /** Of the page's main part. */
    public String text() {
        return text("main");
    }

    /** What a person reads there, in one moment: a live part may be exchanged at any time. */
    public String text(String css) {
        return (String) script("return document.querySelector(arguments[0]).innerText", css);
    }

    public WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    public List<WebElement> all(String css) {
        return driver.findElements(By.cssSelector(css));
    }

    /**
     * As a keyboard does, to whatever has the focus when the key goes down: {@code press(Keys.TAB)}, {@code press("/")},
     * {@code press(Keys.chord(Keys.CONTROL, "s"))}. Keys sent to an element would fail, or go nowhere, when a live part is exchanged
     * between the look at that element and the key.
     */
    public Browser press(CharSequence... keys) {
        Actions keyboard = new Actions(driver);
        for (CharSequence key : keys) {
            CharSequence modifier = key.subSequence(0, 1);
            if (MODIFIERS.contains(modifier.toString())) {
                String pressed = key.toString().substring(1).replace(Keys.NULL.toString(), "");
                keyboard.keyDown(modifier).sendKeys(pressed).keyUp(modifier);
            } else {
                keyboard.sendKeys(key);
            }
        }
        keyboard.perform();
        return this;
    }

    public WebElement focused() {
        return driver.switchTo().activeElement();
    }

    /** Presses Tab until the element has the focus: that it can be reached without a mouse is what is tested. */
    public Browser tabTo(String css) {
        for (int i = 0; i < 200; i++) {
            // in one question: between two a live part may be exchanged
            if ((Boolean) script("return document.activeElement === document.querySelector(arguments[0])", css)) {
                return this;
            }
            press(Keys.TAB);
        }
        throw new AssertionError(css + " cannot be reached with Tab on " + path());
    }

    public Object script(String js, Object... with) {
        return driver.executeScript(js, with);
    }

    public void until(String what, Callable<Boolean> holds) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).ignoreExceptions().until(holds);
    }

    public void untilText(String css, String part) {
        until(css + " says " + part, () -> text(css).contains(part));
    }

    public final void size(int width, boolean dark) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height",
                width < 500 ? 844 : 900, "deviceScaleFactor", 1, "mobile", width < 500));
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features",
                List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** What is shown, as PNG. */
    public void screenshot(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page in both widths and both lights, to be looked at: {@code target/screenshots/NAME-390-dark.png}. */
    public void screenshots(String path, String name) {
        open(path);
        for (int width : new int[]{DESK, PHONE}) {
            for (boolean dark : new boolean[]{false, true}) {
                size(width, dark);
                screenshot(Path.of("target/screenshots", name + "-" + width + (dark ? "-dark" : "") + ".png"));
            }
        }
        size(DESK, false);
    }

    /**
     * Opens the page and judges it: nothing serious or critical for axe-core in light and dark, at desk and at phone width; no sideways
     * scroll; no word in the console; no request to elsewhere.
     */
    public void check(String path) {
        said();
        requests();
        size(DESK, false);
        open(path);
        List<String> faults = new ArrayList<>();
        judge(faults, "light, 1280 px");
        size(DESK, true);
        judge(faults, "dark, 1280 px");
        size(PHONE, false);
        judge(faults, "light, 390 px");
        size(DESK, false);
        said().stream().filter(line -> !line.contains(url(path) + " - Failed to load resource"))
                .map(line -> "console: " + line).forEach(faults::add);
        requests().stream().filter(url -> !url.startsWith(base + "/")).map(url -> "asks elsewhere: " + url)
                .forEach(faults::add);
        assertThat(faults).as(path).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private void judge(List<String> faults, String where) {
        if ((Boolean) script("return document.documentElement.scrollWidth > document.documentElement.clientWidth")) {
            faults.add(where + ": scrolls sideways, by " + script("""
                    const wide = [...document.querySelectorAll('body *')].filter(
                      e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
                    return wide.slice(-3).map(e => e.outerHTML.slice(0, 120)).join(' | ')"""));
        }
        if (!(Boolean) script("return !!window.axe")) {
            script(axe());
        }
        ((List<String>) driver.executeAsyncScript(AXE)).forEach(found -> faults.add(where + ": " + found));
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console has said since it was last asked. */
    public final List<String> said() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream().map(LogEntry::getMessage).toList();
    }

    /** The URLs that were asked since this was last called. */
    public final List<String> requests() {
        List<String> urls = new ArrayList<>();
        for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
            Matcher request = REQUEST.matcher(entry.getMessage());
            if (request.find()) {
                urls.add(request.group(1));
            }
        }
        return urls;
    }
}
