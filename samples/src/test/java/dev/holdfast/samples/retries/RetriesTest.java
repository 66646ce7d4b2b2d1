package dev.holdfast.samples.retries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RetriesTest {

  private final Retries retries = new Retries();
  private final Retries.Outage outage = new Retries.Outage();

  @Test
  void the_service_answers_once_the_outage_is_over() throws IOException {
    outage.upAtMillis = System.currentTimeMillis();

    assertThat(retries.callService(outage)).isEqualTo("The service is up");
  }

  @Test
  void it_is_down_until_then() {
    outage.upAtMillis = Long.MAX_VALUE;

    assertThatThrownBy(() -> retries.callService(outage)).isInstanceOf(IOException.class);
  }

  @Test
  void what_it_does_not_like_it_refuses_whether_up_or_down() {
    outage.refuses = true;

    assertThatThrownBy(() -> retries.callService(outage))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
