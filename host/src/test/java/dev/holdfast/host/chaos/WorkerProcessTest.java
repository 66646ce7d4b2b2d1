package dev.holdfast.host.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.WorkItem;
import dev.holdfast.host.Holdfast;
import dev.holdfast.host.HostOptions;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real processes with workers of the released SDK, one of which is killed, frozen or cut off at a
 * step of the protocol: nothing is lost, and no result counts twice.
 */
@Timeout(300)
@EnabledOnOs({OS.LINUX, OS.MAC})
class WorkerProcessTest {
  private static final String SETTINGS = "AzureFunctionsJobHost__extensions__holdfast__workers__";

  @TempDir Path folder;
  private final Deque<WorkerProcess> workers = new ArrayDeque<>();
  private Holdfast host;

  @BeforeEach
  void start() {
    host =
        Holdfast.start(
            HostOptions.onFreePorts(null, new DataFolder(folder.resolve("data")), StoreKind.SQLITE)
                .withoutApp(),
            Map.of(SETTINGS + "silentFor", "10s", SETTINGS + "answerWithin", "1s"));
  }

  @AfterEach
  void stop() throws Exception {
    for (WorkerProcess worker : workers) {
      worker.close();
    }
    host.close();
  }

  private WorkerProcess worker(String holdsAt) throws Exception {
    WorkerProcess worker = new WorkerProcess(folder, host.grpcPort(), holdsAt);
    workers.push(worker);
    return worker;
  }

  private void begin(String id) {
    String same =
        host.hub()
            .start(
                CreateInstanceRequest.newBuilder()
                    .setName(WorkerMain.JOURNEY)
                    .setInstanceId(id)
                    .build())
            .join();
    assertThat(same).isEqualTo(id);
  }

  /** Waits for its end and looks at all that it has left. */
  private void assertIsWhole(String id) throws Exception {
    OrchestrationState end =
        host.hub().waitForCompletion(id, true).get(2, TimeUnit.MINUTES).orElseThrow();
    assertThat(end.getOrchestrationStatus())
        .as(end.toString())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    assertThat(end.getOutput().getValue()).as(id).isEqualTo("1234");
    Map<Integer, String> tasks = new TreeMap<>();
    for (HistoryEvent event : host.hub().history(id).get(1, TimeUnit.MINUTES).orElseThrow()) {
      if (event.hasTaskScheduled()) {
        tasks.merge(event.getEventId(), "asked", (before, more) -> before + " twice");
      } else if (event.hasTaskCompleted()) {
        tasks.merge(
            event.getTaskCompleted().getTaskScheduledId(),
            ", done",
            (before, more) -> before + more);
      }
      assertThat(event.hasTaskFailed()).isFalse();
    }
    assertThat(tasks).as(id).hasSize(4);
    assertThat(tasks.values()).as(id).containsOnly("asked, done");
  }

  @ParameterizedTest
  @CsvSource({
    "turn, kill", "activity, kill",
    "turn, freeze", "activity, freeze",
    "turn, cut", "activity, cut",
  })
  void another_takes_over_and_a_late_answer_harms_nothing(String step, String fate)
      throws Exception {
    WorkerProcess struck = worker(step);
    for (int i = 0; i < 8; i++) {
      begin("j" + i);
    }
    struck.awaitHeld();
    assertThat(host.hub().query(ended()).join().getOrchestrationStateList())
        .as("it holds all the others up")
        .hasSizeLessThan(8);
    worker("nothing");

    switch (fate) {
      case "kill" -> struck.kill();
      case "freeze" -> struck.freeze();
      default -> struck.cut();
    }
    for (int i = 0; i < 8; i++) {
      assertIsWhole("j" + i);
    }

    // Another has done its work long ago; now its own answer comes, over a new connection.
    if (struck.isFrozen()) {
      struck.thaw();
    }
    struck.letGo();
    begin("afterwards");
    assertIsWhole("afterwards");
    for (int i = 0; i < 8; i++) {
      assertIsWhole("j" + i);
    }
  }

  private static InstanceQuery ended() {
    return InstanceQuery.newBuilder()
        .setMaxInstanceCount(1_000)
        .addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
        .build();
  }

  /** What befalls whom, and when, is up to the seed; the machine does the rest. */
  @Test
  void whatever_befalls_them_under_load_everything_comes_out_once() throws Exception {
    Random dice = new Random(Seed.of(WorkerProcessTest.class).value());
    List<WorkerProcess> alive = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      alive.add(worker("nothing"));
    }
    Patience.await().until(() -> host.engine().isServed(WorkItem.Kind.ACTIVITY, "Step"));
    int begun = 0;
    for (int round = 0; round < 4; round++) {
      int before = host.hub().query(ended()).join().getOrchestrationStateCount();
      for (int i = 0; i < 60; i++) {
        begin("load" + begun++);
      }
      int some = before + dice.nextInt(30);
      Patience.await()
          .until(() -> host.hub().query(ended()).join().getOrchestrationStateCount() >= some);
      int index = dice.nextInt(alive.size());
      WorkerProcess struck = alive.get(index);
      switch (dice.nextInt(3)) {
        case 0 -> {
          struck.kill();
          alive.set(index, worker("nothing"));
        }
        case 1 -> {
          if (struck.isFrozen()) {
            struck.thaw();
          } else if (alive.stream().filter(WorkerProcess::isFrozen).count() < 2) {
            struck.freeze();
          }
        }
        default -> struck.cut();
      }
    }

    for (int i = 0; i < begun; i++) {
      assertIsWhole("load" + i);
    }
    for (WorkerProcess worker : alive) {
      if (worker.isFrozen()) {
        worker.thaw();
      }
    }
    Patience.await().until(() -> host.engine().isServed(WorkItem.Kind.ACTIVITY, "Step"));
    begin("last");
    assertIsWhole("last");
  }
}
