package dev.holdfast.testkit;

import static dev.holdfast.testkit.HoldfastAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

@HoldfastTest(functions = Orders.class)
class CrashEverywhereTest {
  private static final List<Integer> RUNS = new ArrayList<>();

  @CrashEverywhere
  void an_order_ends_the_same_wherever_the_process_dies(TestHub hub) {
    hub.activity("Charge").failsTimes(1, new IOException("down")).returns("paid");
    TestInstance order = hub.start("PlaceOrder", new Orders.Order("lamps", 2));
    hub.advance(Duration.ofDays(1));
    order.raiseEvent("Approved", true);
    order.await();

    RUNS.add(hub.calls("Charge").size());
    assertThat(order)
        .hasCompletedWith("paid, shipped \"lamps\"")
        .calledExactly("Charge", "Charge", "Ship");
  }

  @CrashEverywhere
  void entities_and_children_end_the_same(TestHub hub) {
    hub.orchestrator("Child").takes(Duration.ofDays(1)).returns("hello");
    hub.entity("Counter", "all").signal("add", 1);
    TestInstance counts = hub.start("CountUp").await();
    TestInstance parent = hub.start("Parent").await();

    assertThat(counts).hasCompletedWith(6);
    assertThat(parent).hasCompletedWith("child said hello");
  }

  @AfterAll
  static void it_was_repeated_and_activities_ran_again() {
    assertThat(RUNS).hasSizeGreaterThan(10).contains(2).contains(3);
  }

  @Test
  void an_activity_that_must_not_run_twice_is_found_and_named() {
    Map<String, String> results = Launched.run(Forgetful.class);

    assertThat(results.values())
        .anySatisfy(
            failure ->
                assertThat(failure)
                    .contains("When the process dies before")
                    .contains("expected: <1> but was: <2>")
                    .contains("ran again, because their results were lost: 'Charge' of"));
    assertThat(results).containsEntry("without a crash", "");
  }

  @HoldfastTest(functions = Orders.class)
  static class Forgetful {
    @CrashEverywhere
    void charges_once(TestHub hub) {
      AtomicInteger charged = new AtomicInteger();
      hub.activity("Charge").answers(call -> "receipt " + charged.incrementAndGet());
      hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
      org.junit.jupiter.api.Assertions.assertEquals(1, charged.get());
    }
  }

  @Test
  void another_end_than_without_a_crash_is_found_without_an_assertion() {
    Map<String, String> results = Launched.run(Different.class);

    assertThat(results.values())
        .anySatisfy(
            failure ->
                assertThat(failure)
                    .contains("Without a crash it ends as")
                    .contains("receipt 1")
                    .contains("receipt 2"));
  }

  @HoldfastTest(functions = Orders.class)
  static class Different {
    @CrashEverywhere
    void gives_another_receipt(TestHub hub) {
      AtomicInteger charged = new AtomicInteger();
      hub.activity("Charge").answers(call -> "receipt " + charged.incrementAndGet());
      hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
    }
  }

  @Test
  void an_entity_with_another_state_is_found() {
    assertThat(Launched.run(Counting.class).values())
        .anySatisfy(it -> assertThat(it).contains("{\"count\":1}").contains("{\"count\":2}"));
  }

  @HoldfastTest(functions = Orders.class)
  static class Counting {
    @CrashEverywhere
    void counts_charges(TestHub hub) {
      hub.activity("Charge")
          .answers(
              call -> {
                hub.entity("Counter", "charges").signal("add", 1);
                return "paid";
              });
      hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
    }
  }

  @Test
  void a_test_that_fails_without_a_crash_is_not_repeated() {
    assertThat(Launched.run(Failing.class))
        .containsKey("without a crash")
        .doesNotContainKey("dies before write 1, a message");
  }

  @HoldfastTest(functions = Orders.class)
  static class Failing {
    @CrashEverywhere
    void fails(TestHub hub) {
      hub.start("PlaceOrder", new Orders.Order("lamps", 2));
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void a_test_without_a_hub_says_what_it_lacks() {
    assertThat(Launched.run(Hubless.class).values())
        .anySatisfy(it -> assertThat(it).contains("takes the TestHub as a parameter"));
  }

  @HoldfastTest
  static class Hubless {
    @CrashEverywhere
    void has_none() {}
  }

  @Test
  void a_limit_spreads_the_crashes() {
    assertThat(Launched.run(Few.class).keySet().stream().filter(it -> it.startsWith("dies ")))
        .hasSizeBetween(2, 4);
  }

  @HoldfastTest(functions = Orders.class)
  static class Few {
    @CrashEverywhere(most = 4)
    void some(TestHub hub) {
      hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
    }
  }
}
