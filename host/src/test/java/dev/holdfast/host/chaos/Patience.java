package dev.holdfast.host.chaos;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits so long that only what hangs fails, on a busy machine too. */
final class Patience {
  private static final Duration MAX = Duration.ofSeconds(60);

  private Patience() {}

  static ConditionFactory await() {
    return Awaitility.await().atMost(MAX).pollInterval(Duration.ofMillis(20));
  }
}
