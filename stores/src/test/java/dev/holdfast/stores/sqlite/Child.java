package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link CommitUntilKilled} process and what it prints. */
final class Child implements AutoCloseable {

  private static final long END_SECONDS = 60;

  private final Process process;
  private final BufferedReader output;

  private Child(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static Child start(Path directory, long seed, List<String> before, String... jvmOptions)
      throws IOException {
    String tested = System.getProperty("surefire.test.class.path");
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            tested != null ? tested : System.getProperty("java.class.path"),
            "-Xmx128m"));
    command.addAll(List.of(jvmOptions));
    command.addAll(
        List.of(CommitUntilKilled.class.getName(), directory.toString(), Long.toString(seed)));
    return new Child(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  long pid() {
    return process.pid();
  }

  /** The next line; null after the last. */
  @Nullable String line() throws IOException {
    return output.readLine();
  }

  /** Reads on until a line begins so; the rest of that line. */
  String await(String beginning) throws IOException {
    List<String> others = new ArrayList<>();
    for (String line = line(); line != null; line = line()) {
      if (line.startsWith(beginning)) {
        return line.substring(beginning.length());
      }
      others.add(line);
    }
    throw new AssertionError(
        "expected a line that begins with '" + beginning + "', but: " + others);
  }

  /** Kills it; what it has printed before can still be read. */
  void kill() throws InterruptedException {
    assertThat(process.toHandle().destroyForcibly()).isTrue();
    exitCode();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("expected process " + pid() + " to end, but it still runs");
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    output.close();
  }
}
