package dev.holdfast.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end. */
final class Command {
  /**
   * Holds what a program has said.
   *
   * @param output both of its streams
   */
  record Result(int exit, String output) {}

  private Command() {}

  /**
   * Runs a program that must succeed.
   *
   * @return what it has printed
   */
  static String run(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Result result = tryToRun(folder, environment, command);
    assertThat(result.exit()).as("%s: %s", String.join(" ", command), result.output()).isZero();
    return result.output();
  }

  /** Runs a program that may fail. */
  static Result tryToRun(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("command", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      process.destroyForcibly();
      String said = Files.readString(output);
      assertThat(ended).as("%s ends: %s", String.join(" ", command), said).isTrue();
      return new Result(process.exitValue(), said);
    } finally {
      Files.delete(output);
    }
  }
}
