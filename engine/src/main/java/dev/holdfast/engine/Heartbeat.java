package dev.holdfast.engine;

import java.time.Duration;

/**
 * Says when a thread of the engine last began a step or looked for one; it does so twice a second
 * even when there is nothing to do.
 *
 * @param thread the name of the thread
 * @param age the time since then, by the clock that cannot be set
 * @param alive false once the thread has ended
 * @param late true when all other work needs the thread and it has been in one step for too long
 */
public record Heartbeat(String thread, Duration age, boolean alive, boolean late) {

  /** Says why work that needs this thread makes no progress. */
  String words() {
    return alive
        ? "the thread %s has been in one step for %d s".formatted(thread, age.toSeconds())
        : "the thread %s has ended".formatted(thread);
  }
}
