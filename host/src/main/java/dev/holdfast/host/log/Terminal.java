package dev.holdfast.host.log;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Whether a person sits at the other end. */
@SuppressWarnings("SystemConsoleNull") // Java 17 to 21 say it by null, later ones by isTerminal().
public final class Terminal {
  private Terminal() {}

  /** True when both input and output of this process are a terminal. */
  @SuppressWarnings(
      "SystemConsoleNull") // Java 17 to 21 say it by null, later ones by isTerminal().
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

  /** Asks that person; null when there is none, or none that answers. */
  public static @Nullable String ask(String question) {
    Console console = System.console();
    return console == null ? null : console.readLine("%s", question);
  }
}
