package dev.holdfast.host.javascript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.config.PlainJson;
import dev.holdfast.host.javascript.JavaScript.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What orchestrators and activities in JavaScript can do. */
@NeedsNode
@Timeout(360)
class JavaScriptWorkerTest {
  @TempDir static Path folder;

  private static JavaScript js;

  @BeforeAll
  static void start() throws Exception {
    js = new JavaScript(folder);
    js.worker(Map.of());
  }

  @AfterAll
  static void stop() {
    js.close();
  }

  @Test
  void chains_activities() throws Exception {
    State done = js.run("Sequence", List.of("Tokyo", "London"));

    assertThat(done.status()).isEqualTo(State.COMPLETED);
    assertThat(done.output()).isEqualTo("[\"Hello Tokyo\",\"Hello London\"]");
  }

  @Test
  void fans_out_and_in() throws Exception {
    assertThat(js.run("Squares", 100).output()).isEqualTo("338350");
  }

  @Test
  void sleeps_and_is_never_early() throws Exception {
    State done = js.run("Sleeps", 0.3);

    assertThat(Integer.parseInt((String) done.output())).isGreaterThanOrEqualTo(300);
    assertThat(Duration.between(done.createdAt(), done.updatedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }

  @Test
  void waits_for_an_event_or_gives_up() throws Exception {
    assertThat(js.run("WaitsOrGivesUp", 0.05).output()).isEqualTo("\"gave up\"");
    String id = js.start("WaitsOrGivesUp", 3_600);
    js.raise(id, "go", Map.of("by", "Ada"));

    assertThat(js.ended(id).output()).isEqualTo("{\"by\":\"Ada\"}");
  }

  @Test
  void reads_events_in_order_that_came_before_it_asked() throws Exception {
    String id = js.start("Collects", 3);
    for (String word : List.of("a", "b", "c")) {
      js.raise(id, "Word", word);
    }

    assertThat(js.ended(id).output()).isEqualTo("[\"a\",\"b\",\"c\"]");
  }

  @Test
  void sends_events_to_other_orchestrations() throws Exception {
    String collects = js.start("Collects", 2);

    js.run("Sends", Map.of("to", collects, "words", List.of("x", "y")));

    assertThat(js.ended(collects).output()).isEqualTo("[\"x\",\"y\"]");
  }

  @Test
  void calls_other_orchestrations() throws Exception {
    State done = js.run("Outer", "kid");

    List<?> results = (List<?>) PlainJson.read((String) done.output());
    Map<?, ?> first = (Map<?, ?>) results.get(0);
    Map<?, ?> second = (Map<?, ?>) results.get(1);
    assertThat(first.get("greeting")).isEqualTo("Hello first");
    assertThat((String) first.get("id")).matches("^[0-9a-f]{32}:[0-9a-f]{4}$");
    assertThat(first.get("parent")).isEqualTo(done.id());
    assertThat(second.get("id")).isEqualTo("kid");
  }

  @Test
  void continues_as_new() throws Exception {
    assertThat(js.run("Counts", Map.of("at", 0, "to", 5)).output()).isEqualTo("5");
  }

  @Test
  void keeps_events_that_come_too_early_for_this_execution() throws Exception {
    String id = js.start("CountsWords", List.of());
    for (String word : List.of("a", "b", "c", "d", "e")) {
      js.raise(id, "Word", word);
    }

    assertThat(js.ended(id).output()).isEqualTo("[\"a\",\"b\",\"c\",\"d\",\"e\"]");
  }

  @Test
  void shows_a_custom_status_and_an_empty_one() throws Exception {
    String id = js.start("Tells", null);
    assertThat(js.begun(id).customStatus()).isEqualTo("{\"step\":1}");

    js.raise(id, "Word", 1);
    js.raise(id, "Word", 2);

    assertThat(js.ended(id).customStatus()).isEqualTo("\"\"");
  }

  @Test
  void catches_failures_of_activities_and_fails_by_them() throws Exception {
    assertThat((String) js.run("Catches", "out of luck").output()).contains("out of luck");
    State failed = js.run("Fails", "out of luck");

    assertThat(failed.status()).isEqualTo(State.FAILED);
    assertThat(failed.failure()).startsWith("TaskFailedError: ").contains("out of luck");
    assertThat(
            js.host
                .hub()
                .get(failed.id(), true)
                .join()
                .orElseThrow()
                .getFailureDetails()
                .getInnerFailure()
                .getErrorType())
        .isEqualTo("TypeError");
  }

  @Test
  void retries_what_fails() throws Exception {
    assertThat(js.run("Retries", Map.of("key", "retried", "failures", 2)).output()).isEqualTo("3");
  }

  @Test
  void names_that_the_worker_does_not_know_fail_in_its_own_words() throws Exception {
    assertThat(js.run("Misspells", null).failure()).contains("Helo");
    assertThat(js.run("Nowhere", null).failure()).contains("OrchestratorNotRegisteredError");
  }

  @Test
  void knows_its_version_and_gives_its_children_theirs() throws Exception {
    String id = js.start("TellsVersion", false, Map.of("version", "1.2"));

    assertThat(js.ended(id).output()).isEqualTo("\"1.2\"");
    assertThat(js.run("TellsVersion", "2.0").output()).isEqualTo("\"2.0\"");
  }
}
