package dev.holdfast.host.javascript;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The machine's Node and npm, and a folder with the released JavaScript SDK and our scripts in it.
 *
 * <p>npm fetches the SDK as package-lock.json names it, with its checksums and without running
 * anybody's install scripts. It stays in the build folder until that is cleaned.
 */
final class Node {
  /** The SDK names 22; it runs on 20 all the same, which is what many machines have. */
  private static final int OLDEST = 20;

  private static final Path FOLDER = Path.of("target", "javascript-sdk");
  private static final List<String> LISTS = List.of("package.json", "package-lock.json");
  private static final List<String> SCRIPTS = List.of("worker.js", "client.js");
  private static final int FETCH_MINUTES = 5;

  private Node() {}

  /** Why the tests cannot run on this machine; null when they can. */
  static @Nullable String missing() {
    String cure =
        " Install Node %d or later with npm and build again to run them.".formatted(OLDEST);
    try {
      String version = said(new ProcessBuilder("node", "--version"));
      Matcher major = Pattern.compile("v(\\d+)\\.").matcher(version);
      if (!major.lookingAt() || Integer.parseInt(major.group(1)) < OLDEST) {
        return "the node on the PATH says it is " + version.strip() + "." + cure;
      }
    } catch (IOException e) {
      return "there is no node on the PATH." + cure;
    }
    try {
      String unused = said(new ProcessBuilder(npm(), "--version"));
      return null;
    } catch (IOException e) {
      return "there is no npm on the PATH." + cure;
    }
  }

  private static String npm() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
    return windows ? "npm.cmd" : "npm";
  }

  private static String said(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Where a script of ours stands beside the SDK, which is fetched when it is not there. */
  static synchronized Path script(String name) throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    try (FileChannel lock =
            FileChannel.open(
                FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      prepare();
    }
    return FOLDER.resolve(name).toAbsolutePath();
  }

  /** Only one process may be in here; others may be running the scripts. */
  private static void prepare() throws IOException, InterruptedException {
    for (String script : SCRIPTS) {
      copy(script);
    }
    String wanted = text("package-lock.json");
    Path fetched = FOLDER.resolve("fetched");
    if (!Files.exists(fetched) || !Files.readString(fetched).equals(wanted)) {
      fetch();
      Files.writeString(fetched, wanted);
    }
  }

  private static void fetch() throws IOException, InterruptedException {
    for (String list : LISTS) {
      copy(list);
    }
    Path log = FOLDER.resolve("npm.log");
    Process npm =
        new ProcessBuilder(npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    npm.getOutputStream().close();
    boolean ended = npm.waitFor(FETCH_MINUTES, TimeUnit.MINUTES);
    npm.destroyForcibly();
    if (!ended || npm.exitValue() != 0) {
      throw new IllegalStateException(
          """
          npm could not fetch the JavaScript SDK. If this machine is off the network, run this once \
          where it is not, and keep the folder: cd %s && npm ci --ignore-scripts && cp package-lock.json fetched
          npm said: %s"""
              .formatted(FOLDER.toAbsolutePath(), Files.readString(log)));
    }
  }

  private static void copy(String name) throws IOException {
    Path to = FOLDER.resolve(name);
    String wanted = text(name);
    if (!Files.exists(to) || !Files.readString(to).equals(wanted)) {
      Files.writeString(to, wanted);
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String name) {
    InputStream in = Node.class.getResourceAsStream("/javascript/" + name);
    if (in == null) {
      throw new IllegalStateException("expected javascript/" + name + " among the test resources");
    }
    return in;
  }
}
