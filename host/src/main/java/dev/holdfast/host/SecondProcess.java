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
 * Runs this same command once more with more variables in its environment, where {@link
 * ProcessEnvironment} cannot change the environment in place.
 *
 * <p>The two processes look like one: signals reach the second, the first returns the second's exit
 * code, and neither outlives the other.
 */
final class SecondProcess {
  /** This variable has the time at which the first process began, in milliseconds of the epoch. */
  private static final String MARK = "HOLDFAST_SECOND_PROCESS";

  private SecondProcess() {}

  /** Tells whether this process is the second one. */
  static boolean isThis() {
    return System.getenv(MARK) != null;
  }

  /** Returns when the first process began; empty in a first process. */
  static Optional<Instant> firstBegan() {
    return Optional.ofNullable(System.getenv(MARK))
        .filter(it -> it.matches("\\d{1,15}"))
        .map(it -> Instant.ofEpochMilli(Long.parseLong(it)));
  }

  /**
   * Ends this process when the first one ends, however it ends. Does nothing in a first process.
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
          // Ctrl-C in a terminal reaches both processes; passed on, it would count twice.
          if (name.equals("TERM") || !Terminal.isOne()) {
            second.destroy();
          }
        });
    return second.waitFor();
  }

  /**
   * Builds the command of the second process. ProcessHandle offers the command too, but only up to
   * 4 KiB, which is less than many a class path.
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
