package dev.holdfast.host;

import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles exceptions that a thread did not catch. A thread of the host itself ends only together
 * with the process, because other threads wait for its work. An exception on any other thread, for
 * example one of the app, is logged.
 */
final class Uncaught implements Thread.UncaughtExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger("Host.Lifecycle");

  /** This prefix begins the names of all threads whose work no other thread would take over. */
  private static final String OURS = "holdfast-";

  private final BiConsumer<String, Throwable> end;

  /**
   * Creates the handler.
   *
   * @param end ends the process, and reports the thread that could not go on and the reason
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
      log.error("Thread '{}' ended because of an uncaught exception.", thread.getName(), thrown);
    } catch (Throwable again) {
      thrown.addSuppressed(
          again); // Logging failed too, for lack of memory, and no other thread waits for this one.
    }
  }
}
