package dev.holdfast.host.javascript;

import static dev.holdfast.host.javascript.JavaScript.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.host.javascript.JavaScript.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client in JavaScript can ask. */
@NeedsNode
@Timeout(360)
class JavaScriptClientTest {
  private static final String NOT_FOUND = "5 ";
  private static final String ALREADY_EXISTS = "6 ";
  private static final String FAILED_PRECONDITION = "9 ";
  private static final String INVALID_ARGUMENT = "3 ";

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
  void suspends_and_resumes_and_loses_no_event() throws Exception {
    String id = js.start("Collects", 2);
    js.begun(id);
    js.client.call("suspendOrchestration", id);
    js.raise(id, "Word", "a");
    js.raise(id, "Word", "b");
    assertThat(js.state(id).status()).isEqualTo(State.SUSPENDED);

    js.client.call("resumeOrchestration", id);

    assertThat(js.ended(id).output()).isEqualTo("[\"a\",\"b\"]");
  }

  @Test
  void terminates_one_and_leaves_its_children() throws Exception {
    String id = js.start("OuterWaits", "left");
    js.begun(id);
    js.client.call("terminateOrchestration", id, Map.of("why", "enough"));

    State ended = js.ended(id);
    assertThat(ended.status()).isEqualTo(State.TERMINATED);
    assertThat(ended.output()).isEqualTo("{\"why\":\"enough\"}");
    assertThat(js.begun("left").status()).isEqualTo(State.RUNNING);
  }

  @Test
  void terminates_a_whole_family() throws Exception {
    String id = js.start("OuterWaits", "gone");
    js.begun("gone");

    js.client.call("terminateAll", id, "all of you");

    assertThat(js.ended(id).status()).isEqualTo(State.TERMINATED);
    assertThat(js.ended("gone").status()).isEqualTo(State.TERMINATED);
  }

  @Test
  void restarts_under_the_same_id_or_another() throws Exception {
    State first = js.run("Sequence", List.of("again"));

    Object same = js.client.call("restartOrchestration", first.id(), false);
    State second = js.ended(first.id());
    String other = (String) js.client.call("restartOrchestration", first.id(), true);

    assertThat(same).isEqualTo(first.id());
    assertThat(second.createdAt()).isAfter(first.createdAt());
    assertThat(second.output()).isEqualTo(first.output());
    assertThat(other).isNotEqualTo(first.id());
    assertThat(js.ended(Objects.requireNonNull(other)).output()).isEqualTo(first.output());
    String waits = js.start("Collects", 1);
    assertThat(js.client.refusal("restartOrchestration", waits, false))
        .startsWith(FAILED_PRECONDITION);
    assertThat(js.client.refusal("restartOrchestration", "nobody", true)).startsWith(NOT_FOUND);
  }

  @Test
  void rewinds_twice_through_a_child() throws Exception {
    State failed = js.run("OuterFlakes", Map.of("key", "rewound", "failures", 2));
    assertThat(failed.status()).isEqualTo(State.FAILED);
    js.client.call("rewindInstance", failed.id(), "again");
    assertThat(js.ended(failed.id()).failure()).contains("attempt 2 of rewound");

    js.client.call("rewindInstance", failed.id(), "and again");

    State done = js.ended(failed.id());
    assertThat(done.output()).isEqualTo("3");
    assertThat(js.client.refusal("rewindInstance", failed.id(), "once more"))
        .startsWith(FAILED_PRECONDITION);
    assertThat(js.client.refusal("rewindInstance", "nobody", "x")).startsWith(NOT_FOUND);
  }

  @Test
  void purges_one_a_family_and_by_filter() throws Exception {
    State one = js.run("Sequence", List.of());
    assertThat(purged(js.client.call("purgeOrchestration", one.id()))).isEqualTo(1);
    assertThat(purged(js.client.call("purgeOrchestration", one.id()))).isZero();
    assertThat(js.client.call("getOrchestrationState", one.id(), true)).isNull();

    State family = js.run("Outer", "purged-kid");
    assertThat(purged(js.client.call("purgeOrchestration", family.id(), Map.of("recursive", true))))
        .isEqualTo(3);

    State mine = js.run("Fails", "to be purged");
    Map<String, Object> filter =
        Map.of(
            "createdTimeFrom",
            time(mine.createdAt()),
            "createdTimeTo",
            time(mine.createdAt().plusMillis(1)),
            "runtimeStatusList",
            List.of(State.FAILED));
    assertThat(purged(js.client.call("purgeWhere", filter))).isEqualTo(1);
    assertThat(js.client.call("getOrchestrationState", mine.id(), true)).isNull();
  }

  private static int purged(@Nullable Object result) {
    Map<?, ?> purged = (Map<?, ?>) Objects.requireNonNull(result);
    return ((Number) Objects.requireNonNull((Object) purged.get("deletedInstanceCount")))
        .intValue();
  }

  @Test
  void lists_instances_page_by_page_and_by_filter() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(js.start("Collects", 1, Map.of("instanceId", "listed-" + i)));
    }
    ids.forEach(this::begin);
    js.raise("listed-4", "Word", "x");
    js.ended("listed-4");

    Map<String, Object> mine = Map.of("instanceIdPrefix", "listed-");
    assertThat(js.client.call("pages", with(mine, "pageSize", 2)))
        .isEqualTo(
            List.of(
                List.of("listed-0", "listed-1"),
                List.of("listed-2", "listed-3"),
                List.of("listed-4")));
    assertThat(idsOf(with(mine, "statuses", List.of(State.COMPLETED)))).containsExactly("listed-4");
    assertThat(idsOf(with(mine, "createdFrom", time(Instant.now().plusSeconds(60))))).isEmpty();
    assertThat(idsOf(with(mine, "createdTo", time(Instant.now().plusSeconds(60))))).hasSize(5);
  }

  private void begin(String id) {
    try {
      js.begun(id);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
    Map<String, Object> more = new java.util.LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }

  private static List<Object> idsOf(Map<String, Object> query) throws InterruptedException {
    List<Object> ids = new ArrayList<>();
    for (Object state : (List<?>) Objects.requireNonNull(js.client.call("instances", query))) {
      ids.add(new State((Map<?, ?>) state).id());
    }
    return ids;
  }

  @Test
  void lists_the_ids_of_what_has_ended() throws Exception {
    Instant before = js.run("Sequence", List.of()).createdAt();
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ended.add(js.run("Sequence", List.of("listed")).id());
    }
    List<Object> found = new ArrayList<>();
    Object place = null;
    do {
      Map<String, Object> options =
          with(
              Map.of("completedTimeFrom", time(before), "pageSize", 2),
              "runtimeStatus",
              List.of(State.COMPLETED));
      Map<?, ?> page =
          (Map<?, ?>)
              Objects.requireNonNull(
                  js.client.call(
                      "listInstanceIds",
                      place == null ? options : with(options, "lastInstanceKey", place)));
      found.addAll((List<?>) Objects.requireNonNull((Object) page.get("values")));
      place = page.get("continuationToken");
    } while (place != null);

    assertThat(found).containsSubsequence(ended.toArray()).doesNotHaveDuplicates();
  }

  @Test
  void reads_the_history_in_the_order_of_the_contract() throws Exception {
    State done = js.run("Everything", null);

    List<?> history =
        (List<?>) Objects.requireNonNull(js.client.call("getOrchestrationHistory", done.id()));

    assertThat(history.stream().map(it -> (Object) ((Map<?, ?>) it).get("type")))
        .containsExactly(
            "OrchestratorStarted",
            "ExecutionStarted",
            "TaskScheduled",
            "OrchestratorStarted",
            "TaskCompleted",
            "TimerCreated",
            "OrchestratorStarted",
            "TimerFired",
            "SubOrchestrationInstanceCreated",
            "OrchestratorStarted",
            "SubOrchestrationInstanceCompleted",
            "ExecutionCompleted");
    assertThat(history).allSatisfy(it -> assertThat(((Map<?, ?>) it).get("timestamp")).isNotNull());
  }

  @Test
  void tags_and_starts_later() throws Exception {
    Instant at = Instant.now().plusMillis(500);
    String id =
        js.start(
            "Sequence",
            List.of("later"),
            Map.of("startAt", time(at), "tags", Map.of("team", "blue"), "instanceId", "tagged"));
    assertThat(js.state(id).status()).isEqualTo(State.PENDING);

    State done = js.ended(id);

    assertThat(done.updatedAt()).isAfterOrEqualTo(at.minusMillis(1));
    assertThat(done.fields().get("tags")).isEqualTo(Map.of("team", "blue"));
  }

  @Test
  void takes_an_id_again_only_as_the_policy_says() throws Exception {
    String id = js.start("Collects", 1, Map.of("instanceId", "reused"));
    js.begun(id);
    assertThat(js.client.refusal("scheduleNewOrchestration", "Collects", 1, id))
        .startsWith(ALREADY_EXISTS);
    assertThat(js.client.refusal("startUnless", "Collects", id, List.of(State.COMPLETED)))
        .startsWith(ALREADY_EXISTS);
    assertThat(js.client.refusal("startUnless", "Collects", id, List.of(State.RUNNING)))
        .startsWith(INVALID_ARGUMENT)
        .contains(
            "Invalid reusable statuses: cannot exclude 'Terminated' while also allowing reuse of"
                + " running instances");

    Instant first = js.state(id).createdAt();
    js.client.call("startUnless", "Collects", id, List.of(State.RUNNING, State.TERMINATED));
    assertThat(js.state(id).createdAt()).isAfter(first);
    js.raise(id, "Word", "second");
    assertThat(js.ended(id).output()).isEqualTo("[\"second\"]");

    assertThat(js.client.refusal("startUnless", "Collects", id, List.of(State.FAILED)))
        .startsWith(ALREADY_EXISTS);
    js.client.call("startUnless", "Collects", id, List.of(State.COMPLETED));
    js.raise(id, "Word", "third");
    assertThat(js.ended(id).output()).isEqualTo("[\"third\"]");
    js.client.call("scheduleNewOrchestration", "Sequence", List.of("fourth"), id);
    assertThat(js.ended(id).output()).isEqualTo("[\"Hello fourth\"]");
  }

  @Test
  void is_told_what_is_not_there() throws Exception {
    assertThat(js.client.call("getOrchestrationState", "nobody", true)).isNull();
    assertThat(js.client.call("raiseOrchestrationEvent", "nobody", "Word", 1)).isNull();
    assertThat(js.client.refusal("terminateOrchestration", "nobody", "x")).startsWith(NOT_FOUND);
    assertThat(js.client.refusal("suspendOrchestration", "nobody")).startsWith(NOT_FOUND);
    assertThat(js.client.call("getOrchestrationHistory", "nobody")).isEqualTo(List.of());
    assertThat(js.client.refusal("scheduleNewOrchestration", "Sequence", 1, "@like@entity"))
        .startsWith(INVALID_ARGUMENT);
  }

  @Test
  void waits_no_longer_than_it_likes_and_leaves_nothing_behind() throws Exception {
    String id = js.start("Collects", 1);
    assertThat(js.client.refusal("waitForOrchestrationCompletion", id, true, 0.05))
        .contains("Timed out");

    js.raise(id, "Word", "late");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(js.state(id).output()).isEqualTo("[\"late\"]"));
  }
}
