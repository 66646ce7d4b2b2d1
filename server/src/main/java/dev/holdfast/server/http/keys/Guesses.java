package dev.holdfast.server.http.keys;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong keys by address. Only refused requests are counted and slowed down, so guesses of
 * other clients never lock out a valid key.
 */
public final class Guesses {
  private static final int PER_MINUTE = 10;
  private static final int ADDRESSES_MAX = 10_000;
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final Map<String, Window> windows =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > ADDRESSES_MAX;
        }
      };

  public Guesses(InstantSource clock) {
    this.clock = clock;
  }

  private record Window(Instant began, int wrong) {}

  /**
   * Counts one wrong key; returns true once the address has sent more than ten wrong keys within a
   * minute.
   */
  synchronized boolean tooMany(String address) {
    Instant now = clock.instant();
    Window window = windows.get(address);
    if (window == null || !now.isBefore(window.began().plus(WINDOW))) {
      window = new Window(now, 0);
    }
    window = new Window(window.began(), window.wrong() + 1);
    windows.put(address, window);
    return window.wrong() > PER_MINUTE;
  }
}
