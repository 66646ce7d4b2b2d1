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

/** Entities in JavaScript, called and signalled from JavaScript. */
@NeedsNode
@Timeout(360)
class JavaScriptEntityTest {
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

  private static @Nullable Map<?, ?> entity(String id) throws InterruptedException {
    return (Map<?, ?>) js.client.call("entity", id, true);
  }

  private static @Nullable Object stateOf(String id) {
    try {
      Map<?, ?> entity = entity(id);
      return entity == null ? null : entity.get("state");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitState(String id, Object state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(stateOf(id)).isEqualTo(state));
  }

  @Test
  void is_called_by_orchestrations_and_keeps_its_state() throws Exception {
    Map<String, ?> input = Map.of("key", "called", "amounts", List.of(3, 4));

    assertThat(js.run("Calls", input).output()).isEqualTo("7");
    assertThat(js.run("Calls", input).output()).isEqualTo("14");
    assertThat(stateOf("@account@called")).isEqualTo(14);
  }

  @Test
  void takes_signals_in_the_order_of_their_sender() throws Exception {
    Map<String, ?> input = Map.of("key", "signalled", "amounts", List.of(1, 2, 3));

    assertThat(js.run("Signals", input).output()).isEqualTo("6");
  }

  @Test
  void is_signalled_by_clients_now_or_later() throws Exception {
    js.client.call("signal", "@notes@diary", "note", "a");
    js.client.call("signal", "@Notes@diary", "note", "b");
    awaitState("@notes@diary", List.of("a", "b"));
    Instant at = Instant.now().plusMillis(400);
    js.client.call("signal", "@notes@diary", "note", "later", Map.of("signalTime", time(at)));
    assertThat(stateOf("@notes@diary")).isEqualTo(List.of("a", "b"));

    awaitState("@notes@diary", List.of("a", "b", "later"));

    assertThat(Instant.now()).isAfter(at.minusMillis(1));
  }

  @Test
  void what_fails_leaves_no_trace_and_says_why() throws Exception {
    assertThat((String) js.run("Refused", "stubborn").output())
        .contains("RangeError: not today")
        .endsWith(", 0\"");
  }

  @Test
  void signals_others_and_starts_orchestrations() throws Exception {
    js.run("Calls", Map.of("key", "rich", "amounts", List.of(10)));

    js.client.call("signal", "@account@rich", "passOn", 4);
    js.client.call("signal", "@account@rich", "order", "Rome");

    awaitState("@account@rich-heir", 4);
    assertThat(stateOf("@account@rich")).isEqualTo(6);
    assertThat(js.ended("ordered-by-rich").output()).isEqualTo("[\"Hello Rome\"]");
  }

  @Test
  void transfers_under_locks_do_not_come_between_each_other() throws Exception {
    js.run("Calls", Map.of("key", "left", "amounts", List.of(100)));
    js.run("Calls", Map.of("key", "right", "amounts", List.of(100)));
    List<String> transfers = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      boolean there = i % 2 == 0;
      transfers.add(
          js.start(
              "Transfers",
              Map.of(
                  "from", there ? "left" : "right", "to", there ? "right" : "left", "amount", i)));
    }

    for (String transfer : transfers) {
      assertThat(js.ended(transfer).output()).isEqualTo("true");
    }
    assertThat(stateOf("@account@left")).isEqualTo(95);
    assertThat(stateOf("@account@right")).isEqualTo(105);
  }

  @Test
  void a_lock_is_shown_and_ends_with_its_holder() throws Exception {
    String holder = js.start("Holds", "held");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(js.state(holder).customStatus()).isEqualTo("\"locked\""));
    String waits = js.start("Calls", Map.of("key", "held", "amounts", List.of(1)));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(js.host.hub().why(waits).join().orElseThrow().summary())
                    .containsIgnoringCase("entity"));
    assertThat(js.state(waits).status()).isEqualTo(State.RUNNING);

    js.client.call("terminateOrchestration", holder, "enough");

    assertThat(js.ended(waits).output()).isEqualTo("1");
  }

  @Test
  void is_listed_cleaned_up_and_not_there_without_state() throws Exception {
    assertThat(entity("@notes@nobody")).isNull();
    for (String key : List.of("a", "b", "c")) {
      js.client.call("signal", "@notes@listed-" + key, "note", key);
      awaitState("@notes@listed-" + key, List.of(key));
    }
    Map<String, ?> query =
        Map.of("instanceIdStartsWith", "@notes@listed-", "pageSize", 2, "includeState", true);
    assertThat(found(query)).containsExactly("a", "b", "c");

    js.client.call("signal", "@notes@listed-b", "clear");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(found(query)).containsExactly("a", "c"));
    Map<?, ?> cleaned =
        (Map<?, ?>)
            Objects.requireNonNull(
                js.client.call(
                    "cleanEntityStorage",
                    Map.of("removeEmptyEntities", true, "releaseOrphanedLocks", true),
                    true));
    assertThat(cleaned.get("orphanedLocksReleased")).isEqualTo(0);
    assertThat(entity("@notes@listed-b")).isNull();
    List<?> instances =
        (List<?>)
            Objects.requireNonNull(js.client.call("instances", Map.of("instanceIdPrefix", "@")));
    assertThat(instances).isEmpty();
  }

  private static List<Object> found(Map<String, ?> query) throws InterruptedException {
    List<Object> found = new ArrayList<>();
    for (Object entity : (List<?>) Objects.requireNonNull(js.client.call("entities", query))) {
      List<?> state = (List<?>) Objects.requireNonNull((Object) ((Map<?, ?>) entity).get("state"));
      found.add(state.get(0));
    }
    return found;
  }

  @Test
  void ids_that_are_none_are_refused() throws Exception {
    assertThat(js.client.refusal("signal", "@notes@" + "k".repeat(100), "note", 1))
        .startsWith(INVALID_ARGUMENT);
  }
}
