package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.Task;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.ActivityResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several workers of the released SDK, some of which die; and workers beside an app. */
@Timeout(120)
class SeveralWorkersTest {
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private Hosted hosted(WorkerSettings settings, WhenUnserved unserved) throws Exception {
    Hosted hosted = new Hosted(settings, unserved);
    opened.add(hosted);
    return hosted;
  }

  private Hosted hosted() throws Exception {
    return hosted(WorkerSettings.DEFAULT, WhenUnserved.WAITS);
  }

  @Test
  void all_of_them_have_a_share() throws Exception {
    Hosted hosted = hosted();
    Set<Integer> busy = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 3; i++) {
      int number = i;
      hosted.worker(
          w ->
              w.orchestrator(
                      "Fan",
                      ctx -> {
                        List<Task<Integer>> tasks = new ArrayList<>();
                        for (int n = 0; n < 30; n++) {
                          tasks.add(ctx.callActivity("Number", n, Integer.class));
                        }
                        ctx.complete(ctx.allOf(tasks).await().size());
                      })
                  .activity(
                      "Number",
                      ctx -> {
                        busy.add(number);
                        return number;
                      }));
    }
    await().until(() -> hosted.server.workers().connected() == 3);

    assertThat(hosted.run("Fan", null).readOutputAs(Integer.class)).isEqualTo(30);
    assertThat(busy).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void when_one_is_killed_in_an_activity_another_runs_it_again() throws Exception {
    Hosted hosted = hosted();
    Gate gate = new Gate();
    AtomicInteger runs = new AtomicInteger();
    Hosted.Running dies =
        hosted.worker(
            w ->
                w.orchestrator(
                        "Works", ctx -> ctx.complete(ctx.callActivity("Act", String.class).await()))
                    .activity(
                        "Act",
                        ctx -> {
                          runs.incrementAndGet();
                          return gate.pass();
                        }));
    String id = hosted.client.scheduleNewOrchestrationInstance("Works");
    gate.awaitSomebody();
    dies.kill();
    await().until(() -> hosted.server.workers().connected() == 0);
    assertThat(hosted.engine.taskHub().why(id).join().orElseThrow().summary())
        .contains("no connected worker serves activity 'Act'");

    hosted.worker(
        w ->
            w.orchestrator(
                    "Works", ctx -> ctx.complete(ctx.callActivity("Act", String.class).await()))
                .activity(
                    "Act",
                    ctx -> {
                      runs.incrementAndGet();
                      return "by the other";
                    }));

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("by the other");
    assertThat(runs).hasValue(2);
    gate.open();
  }

  @Test
  void what_waits_behind_a_long_activity_goes_to_others_when_its_worker_dies() throws Exception {
    Hosted hosted = hosted();
    Gate gate = new Gate();
    Hosted.Running dies =
        hosted.worker(
            w ->
                w.orchestrator("Blocks", ctx -> ctx.callActivity("Block").await())
                    .activity("Block", ctx -> gate.pass()));
    hosted.client.scheduleNewOrchestrationInstance("Blocks");
    gate.awaitSomebody();
    List<String> behind = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      behind.add(hosted.client.scheduleNewOrchestrationInstance("Quick"));
    }
    await().until(() -> hosted.server.workers().outstanding() == 6);

    hosted.worker(
        w ->
            w.orchestrator("Quick", ctx -> ctx.complete("done"))
                .orchestrator("Blocks", ctx -> ctx.callActivity("Block").await())
                .activity("Block", ctx -> "now"));
    dies.kill();

    for (String id : behind) {
      assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("done");
    }
    gate.open();
  }

  @Test
  void a_frozen_worker_is_noticed_by_its_silence() throws Exception {
    Hosted hosted =
        hosted(
            WorkerSettings.DEFAULT.withLiveness(
                Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofMillis(300)),
            WhenUnserved.WAITS);
    try (Relay relay = new Relay(hosted.port);
        RawWorker worker = new RawWorker(relay.port()).open()) {
      await().until(() -> hosted.server.workers().connected() == 1);
      relay.freeze();
      String id = hosted.client.scheduleNewOrchestrationInstance("Works");
      await().until(() -> hosted.server.workers().outstanding() == 1);
      hosted.worker(w -> w.orchestrator("Works", ctx -> ctx.complete("thawed")));

      assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("thawed");
      await().until(() -> hosted.server.workers().connected() == 1);
      assertThat(worker.received).isEmpty();
    }
  }

  /** An app that has one activity and answers it at once. */
  private static final class App implements Executor {
    @Override
    public boolean serves(WorkItem.Kind kind, String name) {
      return kind == WorkItem.Kind.ACTIVITY && name.equals("Ours");
    }

    @Override
    public int places(WorkItem.Kind kind) {
      return 10;
    }

    @Override
    public void execute(List<WorkItem> items, Answers answers) {
      for (WorkItem item : items) {
        answers.answer(
            new Answer.ActivityDone(
                (WorkItem.Activity) item,
                ActivityResponse.newBuilder().setResult(StringValue.of("\"the app\"")).build()));
      }
    }
  }

  @Test
  void an_app_keeps_its_names_and_workers_get_the_rest() throws Exception {
    Hosted hosted = hosted(WorkerSettings.DEFAULT, WhenUnserved.FAILS);
    hosted.engine.add(new App());
    assertThat(hosted.run("Mixed", null).getRuntimeStatus())
        .as("without a worker, what the app does not have fails at once")
        .isEqualTo(OrchestrationRuntimeStatus.FAILED);

    hosted.worker(
        w ->
            w.orchestrator(
                    "Mixed",
                    ctx ->
                        ctx.complete(
                            ctx.callActivity("Ours", String.class).await()
                                + " and "
                                + ctx.callActivity("Theirs", String.class).await()))
                .activity("Ours", ctx -> "the worker, wrongly")
                .activity("Theirs", ctx -> "the worker"));
    await().until(() -> hosted.server.workers().connected() == 1);

    assertThat(hosted.run("Mixed", null).readOutputAs(String.class))
        .isEqualTo("the app and the worker");
  }

  @Test
  void beside_an_app_the_work_of_a_worker_that_has_gone_waits_for_it() throws Exception {
    Hosted hosted = hosted(WorkerSettings.DEFAULT, WhenUnserved.FAILS);
    hosted.engine.add(new App());
    Consumer<Hosted.Registered> registers =
        w ->
            w.orchestrator(
                "Theirs",
                ctx -> ctx.complete(ctx.waitForExternalEvent("Go", String.class).await()));
    Hosted.Running first = hosted.worker(registers);
    await().until(() -> hosted.server.workers().connected() == 1);
    String id = hosted.client.scheduleNewOrchestrationInstance("Theirs");
    hosted.client.waitForInstanceStart(id, Duration.ofSeconds(30));
    first.kill();
    await().until(() -> hosted.server.workers().connected() == 0);

    hosted.client.raiseEvent(id, "Go", "on");
    assertThatThrownBy(() -> hosted.client.scheduleNewOrchestrationInstance("Theirs"))
        .as("a start is for those who are there")
        .hasMessageContaining("Nobody who is connected serves orchestrator 'Theirs' now");
    String typo = hosted.client.scheduleNewOrchestrationInstance("Thiers");
    assertThat(hosted.ended(typo).getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.FAILED);
    hosted.worker(registers);

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("on");
  }
}
