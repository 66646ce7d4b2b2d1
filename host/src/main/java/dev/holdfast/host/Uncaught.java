package dev.holdfast.host;

import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of that which no thread has caught. A thread of the host itself does not end without
 * the host: others wait for what it does. Of all other threads, those of the app among them, it is
 * told in the log.
 */
final class Uncaught implements Thread.UncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");

  /** So begin the names of all threads whose work nobody else takes over. */
  private static final String OURS = "holdfast-";

  private final BiConsumer<String, Throwable> end;

  /**
   * @param end ends the process, and says which thread could not go on and why
   */
  Uncaught(BiConsumer<String, Throwable> end) {
    this.end = end;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    if (thread.getName().startsWith(OURS)) {
      end.accept(thread.getName(), thrown);
      return;
    }
    try {
      log.error("Nobody caught what was thrown on thread '{}'.", thread.getName(), thrown);
    } catch (Throwable again) {
      thrown.addSuppressed(again); // There is no room even to tell it, and nothing waits for it.
    }
  }
}
