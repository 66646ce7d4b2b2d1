package dev.holdfast.host;

import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Terminal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the present command again in a second process with more environment variables, for cases in
 * which {@link ProcessEnvironment} cannot change the environment in place.
 *
 * <p>The two processes look like one: signals reach the second process, the first one returns the
 * exit code of the second, and neither continues after the other has ended.
 */
final class SecondProcess {
  /**
   * This environment variable contains the time at which the first process began, in milliseconds
   * since the epoch.
   */
  private static final String MARK = "HOLDFAST_SECOND_PROCESS";

  private SecondProcess() {}

  /** Returns whether this process is the second one. */
  static boolean isThis() {
    return System.getenv(MARK) != null;
  }

  /**
   * Returns the time at which the first process began; empty when this process is the first one.
   */
  static Optional<Instant> firstBegan() {
    return Optional.ofNullable(System.getenv(MARK))
        .filter(it -> it.matches("\\d{1,15}"))
        .map(it -> Instant.ofEpochMilli(Long.parseLong(it)));
  }

  /**
   * Makes this process end when the first one ends for any reason. The method does nothing in a
   * first process.
   */
  static void endWithFirst() {
    if (isThis()) {
      var unused =
          ProcessHandle.current()
              .parent()
              .map(
                  it ->
                      it.onExit()
                          .thenRun(
                              () -> {
                                InHand.processIsEnded();
                                Runtime.getRuntime().halt(CannotException.FAILED);
                              }));
    }
  }

  /**
   * Runs a main class with the JVM options of this process and these further variables, and returns
   * its exit code.
   *
   * @param arguments the arguments of this process's own main method
   */
  static int run(Class<?> main, List<String> arguments, Map<String, String> environment)
      throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command(main, arguments)).inheritIO();
    builder.environment().putAll(environment);
    builder
        .environment()
        .put(MARK, Long.toString(ManagementFactory.getRuntimeMXBean().getStartTime()));
    Process second;
    try {
      second = builder.start();
    } catch (IOException e) {
      throw new CannotException(
          "Cannot set the environment that local.settings.json asks for.",
          "A second JVM did not start: " + e.getMessage(),
          "Use the holdfast launcher, or give java --add-opens java.base/java.util=ALL-UNNAMED.");
    }
    Signals.onRequestToEnd(
        name -> {
          // Ctrl-C in a terminal reaches both processes, so passing it on would make it count
          // twice.
          if (name.equals("TERM") || !Terminal.isOne()) {
            second.destroy();
          }
        });
    return second.waitFor();
  }

  /**
   * Builds the command of the second process. ProcessHandle also knows the command, but only its
   * first 4 KiB, and many class paths are longer.
   */
  private static List<String> command(Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }
}
