package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@HoldfastTest(functions = Orders.class)
class TestHubTest {
  private static final Orders.Order LAMPS = new Orders.Order("lamps", 2);

  @Test
  void registered_functions_run_as_in_the_host(TestHub hub) {
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    assertThat(order.status()).isEqualTo("Running");
    assertThat(order.customStatus(String.class)).isEqualTo("waiting");

    order.raiseEvent("Approved", true);

    // A text parameter gets JSON strings with their quotes, as in the cloud.
    assertThat(order.output(String.class)).isEqualTo("charged 2, shipped \"lamps\"");
    assertThat(hub.now()).isEqualTo(TestHub.START);
  }

  @Test
  void timers_of_days_pass_at_once_and_exactly(TestHub hub) {
    TestInstance order = hub.start("PlaceOrder", LAMPS).await();

    assertThat(order.output(String.class)).isEqualTo("gave back \"charged 2\"");
    assertThat(Duration.between(TestHub.START, hub.now()))
        .isBetween(Duration.ofDays(3), Duration.ofDays(3).plusSeconds(1));
    assertThat(hub.logs()).containsExactly("gives back lamps");
  }

  @Test
  void time_passes_only_as_far_as_the_test_says(TestHub hub) {
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    hub.advance(Duration.ofDays(2));
    assertThat(order.hasEnded()).isFalse();
    assertThat(hub.now()).isEqualTo(TestHub.START.plus(Duration.ofDays(2)));

    hub.advance(Duration.ofDays(1));

    assertThat(order.hasEnded()).isTrue();
  }

  @Test
  void fakes_fail_and_then_return_and_retries_wait_in_virtual_time(TestHub hub) {
    hub.activity("Charge").failsTimes(2, new IOException("down")).returns("paid");
    hub.activity("Ship").takes(Duration.ofDays(5)).returns("shipped");
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    hub.after(Duration.ofDays(1), () -> order.raiseEvent("Approved", true));

    order.await();

    assertThat(order.output(String.class)).isEqualTo("paid, shipped");
    assertThat(hub.calls("Charge")).hasSize(3);
    assertThat(hub.now()).isEqualTo(TestHub.START.plus(Duration.ofDays(6)));
  }

  @Test
  void fakes_see_their_input(TestHub hub) {
    hub.activity("Charge")
        .answers(call -> call.number() + " for " + call.input(Orders.Order.class).count);
    hub.activity("GiveBack").answers(FakeCall::inputJson);

    assertThat(hub.start("PlaceOrder", LAMPS).await().output(String.class))
        .isEqualTo("\"1 for 2\"");
  }

  @Test
  void a_name_that_is_neither_registered_nor_faked_fails_the_test(TestHub hub) {
    assertThatThrownBy(() -> hub.start("PlaceOrdr"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("orchestrator 'PlaceOrdr', which this test neither registers nor")
        .hasMessageContaining("PlaceOrder");
  }

  @Test
  void an_instance_that_nothing_can_end_says_what_it_waits_for() {
    try (TestHub hub =
        TestHub.builder()
            .orchestration("Waits", ctx -> ctx.waitForExternalEvent("Never").await())
            .open()) {
      TestInstance waits = hub.start("Waits");

      assertThatThrownBy(waits::await)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("nothing is left that could move it on")
          .hasMessageContaining("event");
    }
  }

  @Test
  void entities_and_their_state(TestHub hub) {
    hub.entity("Counter", "all").signal("add", 5);

    assertThat(hub.start("CountUp").await().output(Integer.class)).isEqualTo(10);
    assertThat(hub.entity("Counter", "all").stateJson()).isEqualTo("{\"count\":10}");
  }

  @Test
  void fake_entities_and_children(TestHub hub) {
    hub.entityOperation("Counter", "add").answers(call -> 10 * call.input(Integer.class));
    hub.orchestrator("Child").takes(Duration.ofDays(1)).answers(call -> call.inputJson() + "!");

    assertThat(hub.start("CountUp").await().output(Integer.class)).isEqualTo(30);
    assertThat(hub.start("Parent").await().output(String.class)).isEqualTo("child said 7!");
  }

  @Test
  void a_crash_loses_nothing(TestHub hub) {
    TestInstance order = hub.start("PlaceOrder", LAMPS);
    hub.crash();
    hub.advance(Duration.ofDays(1));
    hub.crash();

    order.raiseEvent("Approved", true);

    assertThat(order.output(String.class)).isEqualTo("charged 2, shipped \"lamps\"");
    assertThat(hub.calls("Charge")).hasSize(1);
  }
}
