package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Places;
import dev.holdfast.functions.context.RunTimes;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.protocol.TaskFailureDetails;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions that run longer than functionTimeout, in a real app. */
class FunctionTimeoutTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private final List<Answer> answers = new CopyOnWriteArrayList<>();

  private static FunctionApp open() throws Exception {
    return FunctionApp.open(
        TestApps.durableApp("1.4.0"),
        AppContext.usual()
            .withPlaces(new Places(1, 8, 8))
            .withTimes(new RunTimes(Duration.ofMillis(200), Map.of(), RunTimes.DEFAULT.drain())));
  }

  @Test
  void an_activity_fails_with_the_name_of_the_key_and_gives_its_place_back() throws Exception {
    try (FunctionApp app = open()) {
      int places = app.executor().places(WorkItem.Kind.ACTIVITY);
      HandDriven driver = new HandDriven(app.executor(), "any");
      String gate = "\"" + folder.resolve("never") + "\"";

      app.executor().execute(List.of(driver.activityItem("WaitForFile", gate, 1)), answers::add);

      await().until(() -> !answers.isEmpty());
      assertThat(answers).singleElement().isInstanceOf(Answer.ActivityDone.class);
      TaskFailureDetails failure =
          ((Answer.ActivityDone) answers.get(0)).response().getFailureDetails();
      assertThat(failure.getErrorType()).isEqualTo("java.util.concurrent.TimeoutException");
      assertThat(failure.getErrorMessage())
          .contains("'WaitForFile'", "200 ms", "functionTimeout in host.json");
      assertThat(failure.getStackTrace().getValue()).contains("waitForFile");
      await().until(() -> app.executor().places(WorkItem.Kind.ACTIVITY) >= places);
    }
  }

  @Test
  void an_http_function_is_answered_500() throws Exception {
    try (FunctionApp app = open()) {
      HttpCall call =
          new HttpCall(
              "GET",
              URI.create("http://localhost:7071/api/Hang"),
              Map.of(),
              Map.of(),
              Map.of(),
              new byte[0]);

      assertThat(app.call("Hang", call).get(1, TimeUnit.MINUTES).status()).isEqualTo(500);
    }
  }
}
