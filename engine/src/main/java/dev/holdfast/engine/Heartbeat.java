package dev.holdfast.engine;

import java.time.Duration;

/**
 * When a thread of the engine has last begun a step or looked whether there is one; it does so
 * twice a second though there is nothing to do.
 *
 * @param thread its name
 * @param age since then, by the clock that nobody can set
 * @param alive false once the thread has ended
 * @param late the thread is needed for everything else, and has been in one step for too long
 */
public record Heartbeat(String thread, Duration age, boolean alive, boolean late) {

  /** Why nothing that needs this thread gets on. */
  String words() {
    return alive
        ? "the thread %s has been in one step for %d s".formatted(thread, age.toSeconds())
        : "the thread %s has ended".formatted(thread);
  }
}
