package dev.holdfast.activities.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.ExecutionContext;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class OutgoingCallsTest {

  private static final Policy QUICK =
      Policy.DEFAULT.withAttempts(3, Duration.ZERO).withBreaker(4, 50, Duration.ofMinutes(1));

  private final List<String> log = new ArrayList<>();
  private final SettableClock clock = new SettableClock();
  private final OutgoingCalls calls =
      new OutgoingCalls(clock).policy("ChargeCard", QUICK).policy("BookHotel", QUICK);
  private final World world = new World();

  @Test
  void a_blip_is_retried_and_each_failed_attempt_logged() throws Exception {
    world.failures = 2;

    assertThat(calls.call(activity("ChargeCard"), world::answer)).isEqualTo("ok");

    assertThat(world.asked).isEqualTo(3);
    assertThat(log).hasSize(2).allMatch(line -> line.startsWith("ChargeCard attempt failed"));
  }

  @Test
  void the_last_failure_comes_through_when_attempts_are_used_up() {
    world.failures = 9;

    assertThatThrownBy(() -> calls.call(activity("ChargeCard"), world::answer))
        .isInstanceOf(IOException.class)
        .hasMessage("line is down (3)");
  }

  @Test
  void an_answer_that_is_no_blip_is_neither_retried_nor_held_against_the_other_side()
      throws Exception {
    for (int i = 0; i < 8; i++) {
      assertThatThrownBy(
              () ->
                  calls.call(
                      activity("ChargeCard"),
                      () -> {
                        throw new IllegalStateException("card declined");
                      }))
          .hasMessage("card declined");
    }
    assertThat(log).hasSize(8);

    assertThat(calls.call(activity("ChargeCard"), world::answer)).isEqualTo("ok");
  }

  @Test
  void enough_failures_stop_the_calls_and_the_message_says_when_to_come_back() {
    openBreaker();
    int askedBefore = world.asked;

    assertThatThrownBy(() -> calls.call(activity("ChargeCard"), world::answer))
        .isInstanceOf(CallsStoppedException.class)
        .hasMessageContaining("'ChargeCard'")
        .hasMessageContaining("PT1M");
    assertThat(world.asked).isEqualTo(askedBefore);
  }

  @Test
  void after_a_while_one_call_is_let_through_and_its_success_ends_the_stop() throws Exception {
    openBreaker();
    world.failures = 0;
    clock.now = clock.now.plusSeconds(61);

    assertThat(calls.call(activity("ChargeCard"), world::answer)).isEqualTo("ok");
    assertThat(calls.call(activity("ChargeCard"), world::answer)).isEqualTo("ok");
  }

  @Test
  void activities_have_breakers_of_their_own() throws Exception {
    openBreaker();
    world.failures = 0;

    assertThat(calls.call(activity("BookHotel"), world::answer)).isEqualTo("ok");
  }

  @Test
  void a_breaker_that_is_open_is_not_retried_even_if_everything_counts_as_a_blip() {
    calls.policy("BookCar", QUICK.withBlip(e -> true));
    world.failures = 99;
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> calls.call(activity("BookCar"), world::answer));
    }

    assertThat(world.asked).isEqualTo(4);
  }

  @Test
  void nonsense_is_refused_with_the_value_in_the_message() {
    assertThatThrownBy(() -> Policy.DEFAULT.withAttempts(0, Duration.ZERO))
        .hasMessage("expected attemptsMax of at least 1, but got 0");
    assertThatThrownBy(() -> Policy.DEFAULT.withBreaker(5, 101, Duration.ofSeconds(1)))
        .hasMessageContaining("101");
    assertThatThrownBy(() -> Policy.DEFAULT.withBreaker(5, 50, Duration.ZERO))
        .hasMessageContaining("openFor");
  }

  private void openBreaker() {
    world.failures = Integer.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> calls.call(activity("ChargeCard"), world::answer));
    }
  }

  private ExecutionContext activity(String name) {
    Logger logger = Logger.getAnonymousLogger();
    logger.setUseParentHandlers(false);
    logger.addHandler(new Recording());
    ExecutionContext context = mock(ExecutionContext.class);
    when(context.getFunctionName()).thenReturn(name);
    when(context.getLogger()).thenReturn(logger);
    return context;
  }

  /** What is called: fails the given number of times, then answers. */
  private static final class World {
    private int failures;
    private int asked;

    String answer() throws IOException {
      asked++;
      if (failures > 0) {
        failures--;
        throw new IOException("line is down (" + asked + ")");
      }
      return "ok";
    }
  }

  private final class Recording extends Handler {
    @Override
    public void publish(LogRecord record) {
      log.add(record.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("always UTC");
    }
  }
}
