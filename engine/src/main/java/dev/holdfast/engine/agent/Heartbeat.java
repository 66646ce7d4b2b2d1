package dev.holdfast.engine.agent;

import java.time.Duration;

/**
 * Says when a thread of the engine last began a step or looked for work, which it does twice a
 * second even without work.
 *
 * @param thread the name of the thread
 * @param age the time since then, measured by a clock that cannot be set
 * @param alive false once the thread has ended
 * @param late true when the thread has been in one step for too long and the rest of the engine
 *     depends on it
 */
public record Heartbeat(String thread, Duration age, boolean alive, boolean late) {

  /** Says why work that needs this thread makes no progress. */
  public String words() {
    return alive
        ? "the thread %s has been in one step for %d s".formatted(thread, age.toSeconds())
        : "the thread %s has ended".formatted(thread);
  }
}
