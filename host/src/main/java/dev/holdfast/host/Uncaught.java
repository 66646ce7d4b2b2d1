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

  /** The names of all threads whose work no other thread would take over have this prefix. */
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
      log.error("Thread '{}' ended because of an uncaught exception.", thread.getName(), thrown);
    } catch (Throwable again) {
      thrown.addSuppressed(again); // The log, too, lacks memory; nothing waits for it.
    }
  }
}
