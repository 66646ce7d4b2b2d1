package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The kit fails tests whose code, or which themselves, do what they must not. */
class StrictnessTest {
  private static final AtomicInteger TURNS = new AtomicInteger();

  private static TestHub hub() {
    return TestHub.builder().functions(Bad.class).open();
  }

  @Test
  void an_orchestrator_that_differs_from_run_to_run_fails_the_test() {
    try (TestHub hub = hub()) {
      hub.activity("One").returns(1);
      hub.activity("Two").takes(Duration.ofHours(1)).returns(2);

      assertThatThrownBy(() -> hub.start("Fickle").await())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("'Fickle'")
          .hasMessageContaining("step 1 was activity")
          .hasMessageContaining("ctx.getCurrentInstant()");
      assertThat(hub.calls()).as("what was seen can still be read").isNotEmpty();
    }
  }

  @Test
  void an_orchestrator_that_catches_its_pause_fails_the_test() {
    try (TestHub hub = hub()) {
      hub.activity("One").takes(Duration.ofHours(1)).returns(1);

      assertThatThrownBy(() -> hub.start("Catching").await())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("Catch TaskFailedException instead");
    }
  }

  @Test
  void an_activity_that_hangs_fails_the_test_and_says_where_it_is() {
    try (TestHub hub =
        TestHub.builder().functions(Bad.class).realTimeMax(Duration.ofMillis(300)).open()) {
      assertThatThrownBy(() -> hub.start("CallsHanging"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("'Hang' has not ended after PT0.3S of real time")
          .hasMessageContaining("thread activities-");
      assertThatThrownBy(() -> hub.start("CallsHanging"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("cannot go on after its first failure");
    }
  }

  @Test
  void an_orchestrator_that_goes_on_without_time_passing_fails_the_test() {
    try (TestHub hub = TestHub.builder().functions(Bad.class).turnsMax(50).open()) {
      assertThatThrownBy(() -> hub.start("Restless"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(
              "'Restless', instance 'Restless-1', has run 50 turns while no time");
    }
  }

  @Test
  void an_orchestrator_that_never_ends_says_what_it_waits_for() {
    try (TestHub hub =
        TestHub.builder().functions(Bad.class).virtualTimeMax(Duration.ofDays(100)).open()) {
      TestInstance eternal = hub.start("Eternal");

      assertThatThrownBy(eternal::await)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("it goes on after 100 days of virtual time")
          .hasMessageContaining("It waits for a timer");
      assertThat(eternal.hasEnded()).isFalse();
    }
  }

  @Test
  void errors_of_user_code_are_failures_of_the_call() {
    try (TestHub hub = hub()) {
      TestInstance deep = hub.start("CallsDeep").await();

      assertThat(deep.output(String.class)).contains("StackOverflowError");
      hub.activity("One")
          .answers(
              call -> {
                throw new LinkageError("not there");
              });
      assertThat(hub.start("Fails").await().failure()).contains("not there");
    }
  }

  @Test
  void an_assertion_in_a_fake_fails_the_test() {
    try (TestHub hub = hub()) {
      hub.activity("One")
          .answers(
              call -> {
                throw new AssertionError("expected 2");
              });

      assertThatThrownBy(() -> hub.start("Fails"))
          .isInstanceOf(AssertionError.class)
          .hasMessage("expected 2");
    }
  }

  @Test
  void a_fake_that_does_nothing_says_so() {
    try (TestHub hub = hub()) {
      hub.activity("One");

      assertThatThrownBy(() -> hub.start("Fails"))
          .hasMessageContaining("fake of 'One' is called, but nothing says what it does");
    }
  }

  @Test
  void a_fake_may_raise_an_event_but_not_wait() {
    try (TestHub hub = hub()) {
      TestInstance waits = hub.start("Waits");
      hub.activity("One")
          .answers(
              call -> {
                waits.raiseEvent("Go", 1);
                assertThatThrownBy(waits::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("cannot wait for the hub");
                return 1;
              });

      hub.start("Fails");

      assertThat(waits.output(Integer.class)).isEqualTo(1);
    }
  }

  @Test
  void two_hubs_know_nothing_of_each_other_and_a_closed_one_says_so() {
    TestHub one = hub();
    try (TestHub other = hub()) {
      TestInstance waits = one.start("Waits");
      other.advance(Duration.ofDays(1));

      assertThat(other.instance(waits.id()).exists()).isFalse();
      assertThat(one.now()).isEqualTo(TestHub.START);
    }
    one.close();
    one.close();
    assertThatThrownBy(() -> one.start("Waits")).hasMessageContaining("is closed");
  }

  @Test
  void wrong_registrations_say_what_is_wrong() {
    assertThatThrownBy(() -> TestHub.builder().functions(String.class, Object.class).open())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> TestHub.builder().functions(StrictnessTest.class).open())
        .hasMessageContaining("declares no orchestrator, activity or entity");
    assertThatThrownBy(
            () -> TestHub.builder().functions(Orders.class, ReplayTest.Reserves.class).open())
        .hasMessageContaining("Two functions have the name 'PlaceOrder'");
    assertThatThrownBy(
            () ->
                TestHub.builder()
                    .orchestration("Same", ctx -> {})
                    .orchestration("same", ctx -> {})
                    .open())
        .hasMessageContaining("Two factories of orchestrations have the name 'same'");
  }

  @Test
  void factories_run_as_in_a_worker_of_the_client_library() {
    try (TestHub hub =
        TestHub.builder()
            .orchestration(
                "Doubles",
                ctx -> {
                  ctx.createTimer(Duration.ofDays(30)).await();
                  int input = ctx.getInput(Integer.class);
                  ctx.complete(ctx.callActivity("Double", input, Integer.class).await());
                })
            .activities(activity("Double", ctx -> 2 * ctx.getInput(Integer.class)))
            .open()) {
      assertThat(hub.start("Doubles", 21).await().output(Integer.class)).isEqualTo(42);
    }
  }

  private static TaskActivityFactory activity(String name, TaskActivity activity) {
    return new TaskActivityFactory() {
      @Override
      public String getName() {
        return name;
      }

      @Override
      public TaskActivity create() {
        return activity;
      }
    };
  }

  @Test
  void tests_run_in_parallel() {
    Map<String, String> results =
        Launched.run(
            Parallel.class,
            Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "4"));

    assertThat(results).hasSizeGreaterThan(20);
    assertThat(results.values()).containsOnly("");
  }

  @HoldfastTest(functions = Orders.class)
  static class Parallel {
    @RepeatedTest(20)
    void orders(TestHub hub) {
      TestInstance order = hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
      org.junit.jupiter.api.Assertions.assertEquals(
          "gave back \"charged 2\"", order.output(String.class));
    }

    @CrashEverywhere(most = 6)
    void crashes(TestHub hub) {
      hub.start("PlaceOrder", new Orders.Order("lamps", 2)).await();
    }
  }

  /** These functions break the rules. */
  public static class Bad {
    @FunctionName("Fickle")
    public int fickle(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      boolean first = TURNS.incrementAndGet() % 2 == 1;
      int one = ctx.callActivity(first ? "One" : "Two", Integer.class).await();
      ctx.createTimer(Duration.ofHours(1)).await();
      return one;
    }

    @FunctionName("Catching")
    public int catching(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      try {
        return ctx.callActivity("One", Integer.class).await();
      } catch (RuntimeException e) {
        return ctx.callActivity("Two", Integer.class).await();
      }
    }

    @FunctionName("CallsHanging")
    public void callsHanging(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      ctx.callActivity("Hang").await();
    }

    @FunctionName("Hang")
    public void hang(@DurableActivityTrigger(name = "nothing") Integer nothing)
        throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @FunctionName("Restless")
    public void restless(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      ctx.continueAsNew(null);
    }

    @FunctionName("Eternal")
    public void eternal(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      ctx.createTimer(Duration.ofDays(1)).await();
      ctx.continueAsNew(null);
    }

    @FunctionName("CallsDeep")
    public String callsDeep(
        @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      try {
        return ctx.callActivity("Deep", String.class).await();
      } catch (com.microsoft.durabletask.TaskFailedException e) {
        return e.getErrorDetails().getErrorType();
      }
    }

    @FunctionName("Deep")
    public String deep(@DurableActivityTrigger(name = "nothing") Integer nothing) {
      throw new StackOverflowError("deeper than the stack");
    }

    @FunctionName("Fails")
    public int fails(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      try {
        return ctx.callActivity("One", Integer.class).await();
      } catch (com.microsoft.durabletask.TaskFailedException e) {
        throw new IllegalStateException(e.getErrorDetails().getErrorMessage());
      }
    }

    @FunctionName("Waits")
    public int waits(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
      return ctx.waitForExternalEvent("Go", Integer.class).await();
    }
  }
}
