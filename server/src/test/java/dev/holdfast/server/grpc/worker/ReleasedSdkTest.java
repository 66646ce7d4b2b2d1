package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.durabletask.NewOrchestrationInstanceOptions;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.OrchestrationStatusQuery;
import com.microsoft.durabletask.OrchestrationStatusQueryResult;
import com.microsoft.durabletask.PurgeInstanceCriteria;
import com.microsoft.durabletask.RetryHandler;
import com.microsoft.durabletask.RetryPolicy;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What else worker and client of the released durabletask-client 1.5.0 can do together, beside what
 * {@link ReleasedWorkerTest} begins with.
 */
@Timeout(120)
class ReleasedSdkTest {
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
  void goes_on_with_whatever_comes_first() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "First",
                ctx -> {
                  Task<String> go = ctx.waitForExternalEvent("Go", String.class);
                  Task<Void> never = ctx.createTimer(Duration.ofHours(1));
                  Task<?> winner = ctx.anyOf(never, go).await();
                  ctx.complete(winner == go ? go.await() : "too late");
                }));
    String id = hosted.client.scheduleNewOrchestrationInstance("First");
    hosted.client.raiseEvent(id, "Go", "now");

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("now");
  }

  @Test
  void sleeps_in_pieces_and_until_a_time() throws Exception {
    hosted.worker(
        w ->
            w.timersAtMost(Duration.ofMillis(100))
                .orchestrator(
                    "Sleeps",
                    ctx -> {
                      // Awaited by itself, the timer of 1.5.0 would be over after two pieces.
                      ctx.anyOf(ctx.createTimer(Duration.ofMillis(250))).await();
                      ctx.createTimer(ctx.getCurrentInstant().atZone(ZoneOffset.UTC)).await();
                      ctx.complete(ctx.getIsReplaying());
                    }));

    OrchestrationMetadata done = hosted.run("Sleeps", null);

    assertThat(done.readOutputAs(Boolean.class)).isFalse();
    assertThat(Duration.between(done.getCreatedAt(), done.getLastUpdatedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(250));
  }

  @Test
  void sends_each_event_once_however_often_it_is_replayed() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                    "Sends",
                    ctx -> {
                      String to = ctx.getInput(String.class);
                      ctx.sendEvent(to, "Word", "a");
                      ctx.callActivity("Nothing").await();
                      ctx.sendEvent(to, "Word", "b");
                      ctx.callActivity("Nothing").await();
                      ctx.sendEvent(to, "Last");
                      ctx.complete(null);
                    })
                .orchestrator(
                    "Collects",
                    ctx -> {
                      List<String> words = new ArrayList<>();
                      Task<Void> last = ctx.waitForExternalEvent("Last");
                      while (true) {
                        Task<String> word = ctx.waitForExternalEvent("Word", String.class);
                        if (ctx.anyOf(word, last).await() == last) {
                          break;
                        }
                        words.add(word.await());
                      }
                      ctx.complete(words);
                    })
                .activity("Nothing", ctx -> null));
    String collects = hosted.client.scheduleNewOrchestrationInstance("Collects");

    hosted.run("Sends", collects);

    assertThat(hosted.ended(collects).readOutputAs(String[].class)).containsExactly("a", "b");
  }

  @Test
  void continues_as_new_and_keeps_what_it_has_not_read() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Counts",
                ctx -> {
                  int count = ctx.getInput(Integer.class);
                  if (count == 3) {
                    ctx.complete(ctx.waitForExternalEvent("Word", String.class).await());
                    return;
                  }
                  ctx.createTimer(Duration.ofMillis(20)).await();
                  ctx.continueAsNew(count + 1, true);
                }));
    String id = hosted.client.scheduleNewOrchestrationInstance("Counts", 0);
    hosted.client.raiseEvent(id, "Word", "kept");

    assertThat(hosted.ended(id).readOutputAs(String.class)).isEqualTo("kept");
  }

  @Test
  void retries_a_child_under_its_own_id() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    List<String> ids = new ArrayList<>();
    hosted.worker(
        w ->
            w.orchestrator(
                    "Outer",
                    ctx ->
                        ctx.complete(
                            ctx.callSubOrchestrator(
                                    "Inner",
                                    "x",
                                    "child",
                                    new TaskOptions(new RetryPolicy(4, Duration.ofMillis(10))),
                                    Integer.class)
                                .await()))
                .orchestrator(
                    "Inner",
                    ctx -> {
                      ids.add(ctx.getInstanceId());
                      if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                      }
                      ctx.complete(tries.get());
                    }));

    assertThat(hosted.run("Outer", null).readOutputAs(Integer.class)).isEqualTo(3);
    assertThat(ids).containsExactly("child", "child", "child");
    assertThat(hosted.client.getInstanceMetadata("child", false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.COMPLETED);
  }

  @Test
  void asks_its_own_code_whether_to_try_again() throws Exception {
    RetryHandler onlyIfLucky =
        retry ->
            retry.getLastAttemptNumber() < 5
                && retry.getLastFailure().getErrorMessage().contains("lucky");
    AtomicInteger tries = new AtomicInteger();
    hosted.worker(
        w ->
            w.orchestrator(
                    "Handled",
                    ctx -> {
                      try {
                        ctx.callActivity("Breaks", null, new TaskOptions(onlyIfLucky), String.class)
                            .await();
                      } catch (TaskFailedException e) {
                        ctx.complete(e.getErrorDetails().getErrorMessage());
                      }
                    })
                .activity(
                    "Breaks",
                    ctx -> {
                      throw new IllegalStateException(
                          tries.incrementAndGet() < 3 ? "perhaps lucky" : "hopeless");
                    }));

    assertThat(hosted.run("Handled", null).readOutputAs(String.class)).isEqualTo("hopeless");
    assertThat(tries).hasValue(3);
  }

  @Test
  void has_the_same_ids_in_every_replay_and_chains_on_results() throws Exception {
    List<UUID> seen = new ArrayList<>();
    hosted.worker(
        w ->
            w.orchestrator(
                    "Ids",
                    ctx -> {
                      UUID id = ctx.newUUID();
                      seen.add(id);
                      Task<Integer> length =
                          ctx.callActivity("Echo", id.toString(), String.class)
                              .thenApply(String::length);
                      ctx.complete(ctx.newUUID().equals(id) ? -1 : length.await());
                    })
                .activity("Echo", ctx -> ctx.getInput(String.class)));

    assertThat(hosted.run("Ids", null).readOutputAs(Integer.class)).isEqualTo(36);
    assertThat(seen).hasSizeGreaterThan(1).containsOnly(seen.get(0));
  }

  @Test
  void starts_later_with_a_version_and_takes_events_meanwhile() throws Exception {
    hosted.worker(
        w ->
            w.orchestrator(
                "Later",
                ctx -> ctx.complete(ctx.waitForExternalEvent("Go", String.class).await())));
    // The SDK tells times to the millisecond.
    Instant at = Instant.now().plusMillis(400).truncatedTo(ChronoUnit.MILLIS);
    String id =
        hosted.client.scheduleNewOrchestrationInstance(
            "Later",
            new NewOrchestrationInstanceOptions()
                .setInstanceId("later")
                .setStartTime(at)
                .setVersion("2.0"));
    hosted.client.raiseEvent(id, "Go", "early");
    assertThat(hosted.client.getInstanceMetadata(id, false).getRuntimeStatus())
        .isEqualTo(OrchestrationRuntimeStatus.PENDING);

    OrchestrationMetadata done = hosted.ended(id);

    assertThat(done.readOutputAs(String.class)).isEqualTo("early");
    assertThat(done.getLastUpdatedAt()).isAfterOrEqualTo(at);
    assertThat(hosted.engine.taskHub().get(id, false).join().orElseThrow().getVersion().getValue())
        .isEqualTo("2.0");
  }

  @Test
  void restarts_lists_and_purges_what_it_has_run() throws Exception {
    hosted.worker(w -> w.orchestrator("Echo", ctx -> ctx.complete(ctx.getInput(Integer.class))));
    for (int i = 0; i < 5; i++) {
      hosted.client.scheduleNewOrchestrationInstance("Echo", i, "echo-" + i);
      hosted.ended("echo-" + i);
    }

    assertThat(hosted.client.restartInstance("echo-3", false)).isEqualTo("echo-3");
    assertThat(hosted.ended("echo-3").readOutputAs(Integer.class)).isEqualTo(3);
    String other = hosted.client.restartInstance("echo-4", true);
    assertThat(hosted.ended(other).readOutputAs(Integer.class)).isEqualTo(4);

    OrchestrationStatusQuery query =
        new OrchestrationStatusQuery()
            .setInstanceIdPrefix("echo-")
            .setMaxInstanceCount(2)
            .setRuntimeStatusList(List.of(OrchestrationRuntimeStatus.COMPLETED))
            .setFetchInputsAndOutputs(true);
    List<Integer> outputs = new ArrayList<>();
    OrchestrationStatusQueryResult page;
    do {
      page = hosted.client.queryInstances(query);
      page.getOrchestrationState().forEach(it -> outputs.add(it.readOutputAs(Integer.class)));
      query.setContinuationToken(page.getContinuationToken());
    } while (page.getContinuationToken() != null && !page.getContinuationToken().isEmpty());
    assertThat(outputs).containsExactlyInAnyOrder(0, 1, 2, 3, 4);

    assertThat(hosted.client.purgeInstance("echo-0").getDeletedInstanceCount()).isEqualTo(1);
    assertThat(hosted.client.purgeInstance("echo-0").getDeletedInstanceCount()).isZero();
    assertThat(
            hosted
                .client
                .purgeInstances(
                    new PurgeInstanceCriteria()
                        .setCreatedTimeFrom(Instant.now().minusSeconds(60))
                        .setCreatedTimeTo(Instant.now().plusSeconds(60))
                        .setRuntimeStatusList(List.of(OrchestrationRuntimeStatus.COMPLETED))
                        .setTimeout(Duration.ofSeconds(30)))
                .getDeletedInstanceCount())
        .isEqualTo(5);
    assertThat(hosted.client.getInstanceMetadata("echo-1", false).isInstanceFound()).isFalse();
  }
}
