package dev.holdfast.host.javascript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.javascript.JavaScript.State;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several JavaScript workers: which of them gets what, and what becomes of it when one dies. */
@NeedsNode
@Timeout(360)
class JavaScriptWorkersTest {
  private static final int STRICT = 1;
  private static final int REJECT = 0;
  private static final int FAIL = 1;

  @TempDir Path folder;

  private JavaScript js;

  @BeforeEach
  void start() throws Exception {
    js = new JavaScript(folder);
  }

  @AfterEach
  void stop() {
    js.close();
  }

  private static Map<String, Object> version(String version, int otherwise) {
    return Map.of(
        "versioning",
        Map.of("version", version, "matchStrategy", STRICT, "failureStrategy", otherwise));
  }

  private void awaitWhy(String id, String words) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(js.host.hub().why(id).join().orElseThrow().summary()).contains(words));
  }

  @Test
  void work_waits_until_a_worker_comes() throws Exception {
    String id = js.start("Sequence", List.of("early"));
    awaitWhy(id, "no connected worker serves orchestrator 'Sequence'");
    assertThat(js.state(id).status()).isEqualTo(State.PENDING);

    js.worker(Map.of());

    assertThat(js.ended(id).output()).isEqualTo("[\"Hello early\"]");
  }

  @Test
  void what_a_killed_worker_had_goes_to_another() throws Exception {
    NodeProcess first = js.worker(Map.of());
    String id = js.start("Block", null);
    first.awaitLine("blocked");
    js.worker(Map.of("blocks", false));

    first.kill();

    assertThat(js.ended(id).output()).isEqualTo("\"passed\"");
  }

  @Test
  void a_worker_with_filters_gets_only_what_it_registered() throws Exception {
    js.worker(Map.of("workItemFilters", "auto", "only", List.of("Sequence")));
    String id = js.start("Sequence", List.of("half"));
    awaitWhy(id, "no connected worker serves activity 'Hello'");
    String other = js.start("Squares", 3);
    awaitWhy(other, "no connected worker serves orchestrator 'Squares'");

    js.worker(Map.of("workItemFilters", "auto", "only", List.of("Hello", "Squares", "Square")));

    assertThat(js.ended(id).output()).isEqualTo("[\"Hello half\"]");
    assertThat(js.ended(other).output()).isEqualTo("14");
  }

  @Test
  void an_instance_waits_for_a_worker_of_its_version() throws Exception {
    js.worker(version("1.0.0", REJECT));
    String one = js.start("TellsVersion", false, Map.of("version", "1.0.0"));
    String two = js.start("TellsVersion", false, Map.of("version", "2.0.0"));
    assertThat(js.ended(one).output()).isEqualTo("\"1.0.0\"");
    assertThat(js.state(two).status()).isEqualTo(State.PENDING);

    js.worker(version("2.0.0", REJECT));

    assertThat(js.ended(two).output()).isEqualTo("\"2.0.0\"");
  }

  @Test
  void a_worker_may_fail_what_is_not_of_its_version() throws Exception {
    js.worker(version("1.0.0", FAIL));

    String id = js.start("TellsVersion", false, Map.of("version", "2.0.0"));

    assertThat(js.ended(id).failure()).contains("VersionMismatch");
  }
}
