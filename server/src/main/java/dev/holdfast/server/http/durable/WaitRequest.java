package dev.holdfast.server.http.durable;

import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.RequestRefused;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads from {@code timeout} and {@code pollingInterval} how long a client wants to wait for the
 * end of an instance.
 */
final class WaitRequest {
  private static final double SECONDS_MAX = 86_400;

  private WaitRequest() {}

  /**
   * Returns the time to wait; null when the client does not want to wait. The hub reports the end
   * without polling, so the polling interval is only checked.
   *
   * @throws RequestRefused 400, when the interval is longer than the whole time
   */
  static @Nullable Duration of(Query query) {
    Double timeout = seconds(query.text("timeout"));
    if (timeout == null) {
      return null;
    }
    Double interval = seconds(query.text("pollingInterval"));
    if (interval != null && interval > timeout) {
      throw new RequestRefused(
          Reply.error(
              400,
              "The pollingInterval is longer than the timeout. Make the timeout (in seconds) at least"
                  + " as long."));
    }
    return Duration.ofNanos((long) (Math.min(timeout, SECONDS_MAX) * 1e9));
  }

  /** Parses a number of seconds, which may have decimals; any other text counts as absent. */
  private static @Nullable Double seconds(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      double seconds = Double.parseDouble(text);
      return seconds >= 0 ? seconds : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
