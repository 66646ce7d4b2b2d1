package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

class RoundsTest {
  private static final Logger SILENT = NOPLogger.NOP_LOGGER;

  @Test
  @Timeout(60)
  void a_round_that_finds_no_memory_is_not_the_last() throws InterruptedException {
    CountDownLatch rounds = new CountDownLatch(3);
    try (Rounds again =
        new Rounds(
            "rounds-of-a-test",
            "This",
            SILENT,
            () -> {
              rounds.countDown();
              throw new OutOfMemoryError("none left");
            })) {
      again.start(Duration.ofMillis(1));

      rounds.await();
    }

    assertThat(rounds.getCount()).isZero();
  }
}
