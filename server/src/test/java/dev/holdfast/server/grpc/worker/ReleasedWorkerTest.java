package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.CompositeTaskFailedException;
import com.microsoft.durabletask.FailureDetails;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskCanceledException;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Worker and client of the released durabletask-client 1.5.0, as they come from the jar. */
@Timeout(120)
class ReleasedWorkerTest {
  private Hosted hosted;

  @BeforeEach
  void start() throws Exception {
    hosted = new Hosted();
  }

  @AfterEach
  void stop() throws Exception {
    hosted.close();
    assertThat(hosted.problems).isEmpty();
  }

  @Test
  void chains_activities() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Sequence",
                    ctx ->
                        ctx.complete(
                            ctx.callActivity("Hello", "Tokyo", String.class).await()
                                + ", "
                                + ctx.callActivity("Hello", "London", String.class).await()))
                .activity("Hello", ctx -> "Hello " + ctx.getInput(String.class)));

    OrchestrationMetadata done = hosted.run("Sequence", null);

    assertThat(done.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.COMPLETED);
    assertThat(done.readOutputAs(String.class)).isEqualTo("Hello Tokyo, Hello London");
    assertThat(hosted.server.workers().outstanding()).isZero();
    assertThat(hosted.server.workers().ignored()).isZero();
  }

  @Test
  void fans_out_and_in() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Squares",
                    ctx -> {
                      List<Task<Integer>> tasks = new ArrayList<>();
                      for (int i = 1; i <= 100; i++) {
                        tasks.add(ctx.callActivity("Square", i, Integer.class));
                      }
                      ctx.complete(
                          ctx.allOf(tasks).await().stream().mapToInt(Integer::intValue).sum());
                    })
                .activity(
                    "Square", ctx -> ctx.getInput(Integer.class) * ctx.getInput(Integer.class)));

    assertThat(hosted.run("Squares", null).readOutputAs(Integer.class)).isEqualTo(338_350);
  }

  @Test
  void calls_other_orchestrations() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Depth",
                ctx -> {
                  int depth = ctx.getInput(Integer.class);
                  ctx.complete(
                      depth == 0
                          ? 0
                          : 1 + ctx.callSubOrchestrator("Depth", depth - 1, Integer.class).await());
                }));

    assertThat(hosted.run("Depth", 3).readOutputAs(Integer.class)).isEqualTo(3);
  }

  @Test
  void sleeps_and_is_never_early() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Sleep",
                ctx -> {
                  ctx.createTimer(Duration.ofMillis(300)).await();
                  ctx.complete("awake");
                }));

    OrchestrationMetadata done = hosted.run("Sleep", null);

    assertThat(done.readOutputAs(String.class)).isEqualTo("awake");
    assertThat(Duration.between(done.getCreatedAt(), done.getLastUpdatedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }

  @Test
  void waits_for_events_or_gives_up() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Approval",
                ctx -> {
                  String first = ctx.waitForExternalEvent("Go", String.class).await();
                  try {
                    ctx.waitForExternalEvent("Never", Duration.ofMillis(50)).await();
                  } catch (TaskCanceledException e) {
                    ctx.complete(first + ", gave up");
                  }
                }));
    String id = hosted.client.scheduleNewOrchestrationInstance("Approval");

    hosted.client.raiseEvent(id, "Go", "yes");

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("yes, gave up");
  }

  @Test
  void continues_as_new() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Count",
                    ctx -> {
                      int count =
                          ctx.callActivity("Next", ctx.getInput(Integer.class), Integer.class)
                              .await();
                      if (count < 5) {
                        ctx.continueAsNew(count);
                      } else {
                        ctx.complete(count);
                      }
                    })
                .activity("Next", ctx -> ctx.getInput(Integer.class) + 1));

    assertThat(hosted.run("Count", 0).readOutputAs(Integer.class)).isEqualTo(5);
  }

  @Test
  void retries_what_fails() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    hosted.worker(
        w ->
            w.orchestrator(
                    "Retries",
                    ctx ->
                        ctx.complete(
                            ctx.callActivity(
                                    "Flaky",
                                    null,
                                    new TaskOptions(new RetryPolicy(5, Duration.ofMillis(10))),
                                    Integer.class)
                                .await()))
                .activity(
                    "Flaky",
                    ctx -> {
                      if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                      }
                      return tries.get();
                    }));

    assertThat(hosted.run("Retries", null).readOutputAs(Integer.class)).isEqualTo(3);
  }

  @Test
  void tells_failures_with_their_details() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Catches",
                    ctx -> {
                      try {
                        ctx.callActivity("Breaks").await();
                      } catch (TaskFailedException e) {
                        FailureDetails details = e.getErrorDetails();
                        ctx.complete(details.getErrorType() + ": " + details.getErrorMessage());
                      }
                    })
                .orchestrator("Fails", ctx -> ctx.callActivity("Breaks").await())
                .activity(
                    "Breaks",
                    ctx -> {
                      throw new IllegalStateException("out of luck");
                    }));

    assertThat(hosted.run("Catches", null).readOutputAs(String.class))
        .isEqualTo("java.lang.IllegalStateException: out of luck");
    OrchestrationMetadata failed = hosted.run("Fails", null);
    assertThat(failed.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.FAILED);
    assertThat(failed.getFailureDetails().getErrorType())
        .isEqualTo("com.microsoft.durabletask.TaskFailedException");
    assertThat(failed.getFailureDetails().getErrorMessage())
        .contains("out of luck")
        .contains("Breaks");
  }

  @Test
  void shows_the_failure_of_a_task_beneath_that_of_its_orchestrations() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Outer", ctx -> ctx.callSubOrchestrator("Inner", null, Void.class).await())
                .orchestrator(
                    "Inner",
                    ctx -> {
                      try {
                        ctx.callActivity("Breaks", "first", Void.class).await();
                      } catch (TaskFailedException e) {
                        ctx.callActivity("Breaks", "last", Void.class).await();
                      }
                    })
                .orchestrator(
                    "Own",
                    ctx -> {
                      throw new IllegalStateException("its own");
                    })
                .activity(
                    "Breaks",
                    ctx -> {
                      throw new IllegalStateException(ctx.getInput(String.class));
                    }));
    String outer = hosted.run("Outer", null).getInstanceId();
    String own = hosted.run("Own", null).getInstanceId();

    TaskFailureDetails told = failure(outer);
    assertThat(told.getErrorMessage()).contains("Inner");
    assertThat(told.getInnerFailure().getErrorMessage()).contains("Breaks");
    assertThat(told.getInnerFailure().getInnerFailure().getErrorType())
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(told.getInnerFailure().getInnerFailure().getErrorMessage()).isEqualTo("last");
    assertThat(failure(own).hasInnerFailure()).isFalse();
  }

  private TaskFailureDetails failure(String id) {
    return hosted.engine.taskHub().get(id, true).join().orElseThrow().getFailureDetails();
  }

  @Test
  void names_that_the_worker_does_not_know_fail_in_its_own_words() throws Exception {
    hosted.worker(w -> w.orchestrator("Misspells", ctx -> ctx.callActivity("Helo").await()));

    assertThat(hosted.run("Misspells", null).getFailureDetails().getErrorMessage())
        .contains("Helo");
    assertThat(hosted.run("Nowhere", null).getFailureDetails().getErrorMessage())
        .contains("TaskOrchestrationFactory");
  }

  @Test
  void shows_a_custom_status_while_it_runs() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Tells",
                ctx -> {
                  ctx.setCustomStatus("halfway");
                  ctx.waitForExternalEvent("Go").await();
                  ctx.clearCustomStatus();
                  ctx.complete(null);
                }));
    String id = hosted.client.scheduleNewOrchestrationInstance("Tells");
    OrchestrationMetadata running =
        hosted.client.waitForInstanceStart(id, Duration.ofSeconds(30), true);

    assertThat(running.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.RUNNING);
    assertThat(running.readCustomStatusAs(String.class)).isEqualTo("halfway");

    hosted.client.raiseEvent(id, "Go");
    assertThat(hosted.ended(id).isCustomStatusFetched()).isFalse();
  }

  @Test
  void is_terminated_while_an_activity_runs_and_the_late_answer_harms_nothing() throws Exception {
    Gate gate = new Gate();
    hosted.worker(
        w ->
            w.orchestrator("Works", ctx -> ctx.callActivity("Blocks").await())
                .orchestrator("Quick", ctx -> ctx.complete("quick"))
                .activity("Blocks", ctx -> gate.pass()));
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    gate.awaitSomebody();

    hosted.client.terminate(id, "enough");

    OrchestrationMetadata ended = hosted.ended(id);
    assertThat(ended.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.TERMINATED);
    assertThat(ended.readOutputAs(String.class)).isEqualTo("enough");
    gate.open();
    assertThat(hosted.run("Quick", null).readOutputAs(String.class)).isEqualTo("quick");
    assertThat(hosted.client.getInstanceMetadata(id, false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.TERMINATED);
  }

  @Test
  void is_suspended_and_resumed_and_loses_no_event() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Two",
                ctx ->
                    ctx.complete(
                        ctx.waitForExternalEvent("A", String.class).await()
                            + ctx.waitForExternalEvent("B", String.class).await())));
    String id = hosted.client.scheduleNewOrchestrationInstance("Two");
    hosted.client.waitForInstanceStart(id, Duration.ofSeconds(30));
    hosted.client.suspendInstance(id, "lunch");
    hosted.client.raiseEvent(id, "A", "a");
    hosted.client.raiseEvent(id, "B", "b");

    assertThat(hosted.client.getInstanceMetadata(id, false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.SUSPENDED);

    hosted.client.resumeInstance(id);
    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("ab");
  }

  @Test
  void reports_all_failures_of_a_fan_out() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "All",
                    ctx -> {
                      List<Task<Void>> tasks = new ArrayList<>();
                      for (int i = 0; i < 4; i++) {
                        tasks.add(ctx.callActivity("Odd", i, Void.class));
                      }
                      try {
                        ctx.allOf(tasks).await();
                      } catch (CompositeTaskFailedException e) {
                        ctx.complete(e.getExceptions().size());
                      }
                    })
                .activity(
                    "Odd",
                    ctx -> {
                      if (ctx.getInput(Integer.class) % 2 == 1) {
                        throw new IllegalArgumentException("odd");
                      }
                      return null;
                    }));

    assertThat(hosted.run("All", null).readOutputAs(Integer.class)).isEqualTo(2);
  }

  @Test
  void work_waits_until_a_worker_comes_and_says_so() throws Exception {
    String id = hosted.client.scheduleNewOrchestrationInstance("Early", "in");
    await()
        .untilAsserted(
            () ->
                assertThat(hosted.engine.taskHub().why(id).join().orElseThrow().summary())
                    .contains("no connected worker serves orchestrator 'Early'"));

    hosted.worker(w -> w.orchestrator("Early", ctx -> ctx.complete(ctx.getInput(String.class))));

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("in");
  }
}
