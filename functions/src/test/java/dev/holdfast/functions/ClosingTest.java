package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Places;
import dev.holdfast.functions.context.RunTimes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to work while an app shuts down, and how much is taken before. */
class ClosingTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private final List<Answer> answers = new CopyOnWriteArrayList<>();

  private static FunctionApp open(Duration drain) throws Exception {
    return FunctionApp.open(
        TestApps.durableApp("1.4.0"),
        AppContext.usual()
            .withPlaces(new Places(2, 8, 8))
            .withTimes(new RunTimes(RunTimes.DEFAULT.functionTimeout(), Map.of(), drain)));
  }

  private Path gate() {
    return folder.resolve("gate");
  }

  /** Activities that run until the gate exists. */
  private List<WorkItem> blocking(FunctionApp app, int count) {
    List<WorkItem> items = new ArrayList<>();
    HandDriven driver = new HandDriven(app.executor(), "any");
    for (int i = 0; i < count; i++) {
      items.add(driver.activityItem("WaitForFile", "\"" + gate() + "\"", i));
    }
    return items;
  }

  @Test
  void unfinished_work_is_given_back() throws Exception {
    FunctionApp app = open(Duration.ofMillis(20));
    app.executor().execute(blocking(app, 5), answers::add);

    app.close();
    app.close();

    await().untilAsserted(() -> assertThat(answers).hasSize(5));
    assertThat(answers).allMatch(answer -> answer instanceof Answer.Abandoned);
    assertThat(app.executor().serves(WorkItem.Kind.ACTIVITY, "WaitForFile")).isFalse();
    assertThat(app.executor().places(WorkItem.Kind.ACTIVITY)).isZero();
  }

  @Test
  void work_offered_afterwards_is_given_back() throws Exception {
    FunctionApp app = open(Duration.ofMillis(20));
    app.close();

    app.executor().execute(blocking(app, 1), answers::add);

    assertThat(answers).singleElement().isInstanceOf(Answer.Abandoned.class);
    assertThatThrownBy(() -> app.invoke("SayHello", "x").join())
        .hasCauseInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void running_work_may_finish_in_time() throws Exception {
    FunctionApp app = open(Duration.ofSeconds(40));
    app.executor().execute(blocking(app, 2), answers::add);
    Thread opener =
        new Thread(
            () -> {
              await().until(() -> app.executor().places(WorkItem.Kind.ACTIVITY) == 0);
              try {
                Files.createFile(gate());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    // Only what has begun may finish; what waits is given back.
    await().until(() -> threadsIn("waitForFile") == 2);
    opener.start();

    app.close();
    opener.join();

    assertThat(answers).hasSize(2).allMatch(answer -> answer instanceof Answer.ActivityDone);
  }

  private static long threadsIn(String method) {
    return Thread.getAllStackTraces().values().stream()
        .filter(s -> Arrays.stream(s).anyMatch(frame -> frame.getMethodName().equals(method)))
        .count();
  }

  @Test
  void places_are_taken_and_given() throws Exception {
    try (FunctionApp app = open(Duration.ofMillis(20))) {
      int before = app.executor().places(WorkItem.Kind.ACTIVITY);
      app.executor().execute(blocking(app, 2), answers::add);

      assertThat(app.executor().places(WorkItem.Kind.ACTIVITY)).isEqualTo(before - 2);
      assertThat(app.executor().places(WorkItem.Kind.ORCHESTRATOR)).isPositive();
    }
  }
}
