package dev.holdfast.host.terminal;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Finds out whether a person uses this process at a terminal. */
@SuppressWarnings(
    "SystemConsoleNull") // Java 17 to 21 return a null console when there is no terminal; later
// versions have isTerminal().
public final class Terminal {
  private Terminal() {}

  /** Returns true when both input and output of this process are a terminal. */
  @SuppressWarnings(
      "SystemConsoleNull") // Java 17 to 21 return a null console when there is no terminal; later
  // versions have isTerminal().
  public static boolean isOne() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  /**
   * Asks the person at the terminal a question; returns null when there is no terminal or the input
   * has ended.
   */
  public static @Nullable String ask(String question) {
    Console console = System.console();
    return console == null ? null : console.readLine("%s", question);
  }
}
