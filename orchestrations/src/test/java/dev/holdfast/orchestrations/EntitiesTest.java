package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOrchestrationContext;
import dev.holdfast.orchestrations.Rehearsal.Sent;
import dev.holdfast.orchestrations.entities.Entities;
import dev.holdfast.orchestrations.entities.EntityId;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EntitiesTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final EntityId COUNTER = new EntityId("Counter", "Visits");
  private static final EntityId A = new EntityId("account", "a");
  private static final EntityId B = new EntityId("account", "b");

  interface Counter {
    void add(int amount);

    Task<Integer> get();

    Task<List<String>> names(String prefix);

    default Task<Integer> addAndGet(int amount) {
      add(amount);
      return get();
    }
  }

  @Test
  void call_says_what_every_host_understands_and_returns_what_comes_back() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx ->
                ctx.complete(Entities.of(ctx).call(COUNTER, "add", 5, Integer.class).await() + 1));

    Sent call = rehearsal.sent().get(0);
    JsonNode message = json(call.json());
    rehearsal.raise(message.get("id").asText(), "{\"result\":\"41\"}");

    assertThat(call.to()).isEqualTo("@counter@Visits");
    assertThat(call.event()).isEqualTo("op");
    assertThat(message.get("op").asText()).isEqualTo("add");
    assertThat(message.get("signal").asBoolean()).isFalse();
    assertThat(message.get("input").textValue()).isEqualTo("5");
    assertThat(message.get("parent").asText()).isEqualTo("rehearsal");
    assertThat(rehearsal.output()).isEqualTo("42");
    assertThat(rehearsal.sent()).hasSize(1);
  }

  @Test
  void nothing_comes_back_as_null_in_each_of_its_forms() {
    for (String reply : new String[] {"{\"result\":null}", "{\"result\":\"null\"}", "null", "{}"}) {
      Rehearsal rehearsal =
          Rehearsal.of(
              ctx -> {
                Entities.of(ctx).call(COUNTER, "reset").await();
                ctx.complete("done");
              });

      rehearsal.raise(id(rehearsal.sent().get(0)), reply);

      assertThat(rehearsal.output()).isEqualTo("\"done\"");
    }
  }

  @Test
  void several_calls_at_once_and_in_turns_keep_their_ids_over_replays() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities entities = Entities.of(ctx);
              Task<Integer> one = entities.call(A, "get", Integer.class);
              Task<Integer> two = entities.call(B, "get", Integer.class);
              int sum = ctx.allOf(List.of(one, two)).await().stream().mapToInt(n -> n).sum();
              int name = ctx.callActivity("Weigh", sum, Integer.class).await();
              ctx.complete(name + entities.call(A, "get", Integer.class).await());
            });

    rehearsal.raise(id(rehearsal.sent().get(1)), "{\"result\":\"2\"}");
    rehearsal.raise(id(rehearsal.sent().get(0)), "{\"result\":\"1\"}");
    rehearsal.answer("Weigh(3)", "10");
    rehearsal.raise(id(rehearsal.sent().get(2)), "{\"result\":\"100\"}");

    assertThat(rehearsal.output()).isEqualTo("110");
    assertThat(rehearsal.sent()).extracting(EntitiesTest::id).doesNotHaveDuplicates().hasSize(3);
  }

  @Test
  void failed_operation_fails_the_call_like_an_activity() {
    AtomicReference<TaskFailedException> failure = new AtomicReference<>();
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              try {
                Entities.of(ctx).call(A, "withdraw", 100).await();
              } catch (TaskFailedException e) {
                failure.set(e);
                ctx.complete("refused");
              }
            });

    rehearsal.raise(
        id(rehearsal.sent().get(0)),
        "{\"result\":null,\"exceptionType\":\"not enough\",\"failureDetails\":{\"ErrorType\":"
            + "\"java.lang.IllegalStateException\",\"ErrorMessage\":\"not enough\","
            + "\"StackTrace\":\"at home\",\"IsNonRetriable\":true}}");

    assertThat(rehearsal.output()).isEqualTo("\"refused\"");
    assertThat(failure.get().getTaskName()).isEqualTo("account.withdraw");
    assertThat(failure.get().getErrorDetails().getErrorMessage()).isEqualTo("not enough");
    assertThat(failure.get().getErrorDetails().isCausedBy(IllegalStateException.class)).isTrue();
    assertThat(failure.get().getErrorDetails().isNonRetriable()).isTrue();
    assertThat(failure.get())
        .hasMessage(
            "Operation 'withdraw' of @account@a failed: java.lang.IllegalStateException: not enough");
  }

  @Test
  void failure_that_tells_only_a_message_is_a_failure() {
    Rehearsal rehearsal = Rehearsal.of(ctx -> Entities.of(ctx).call(A, "withdraw", 1).await());

    rehearsal.raise(id(rehearsal.sent().get(0)), "{\"exceptionType\":\"not enough\"}");

    assertThat(rehearsal.output()).startsWith("FAILED").contains("not enough");
  }

  @Test
  void calls_fan_out_like_activities() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities entities = Entities.of(ctx);
              ctx.complete(
                  FanOut.over(ctx, List.of(A, B), id -> entities.call(id, "get", Integer.class))
                      .settle());
            });

    rehearsal.raise(id(rehearsal.sent().get(1)), "{\"exceptionType\":\"gone\"}");
    rehearsal.raise(id(rehearsal.sent().get(0)), "{\"result\":\"7\"}");

    JsonNode outcomes = json(rehearsal.output());
    assertThat(outcomes.get(0).get("value").asInt()).isEqualTo(7);
    assertThat(outcomes.get(1).get("failure").get("errorMessage").asText()).isEqualTo("gone");
  }

  @Test
  void signal_is_sent_once_and_nobody_waits() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities.of(ctx).signal(COUNTER, "add", 3);
              Entities.of(ctx)
                  .signalAt(Instant.parse("2026-02-03T04:05:06Z"), COUNTER, "reset", null);
              ctx.callActivity("Rest").await();
              ctx.complete("done");
            });
    rehearsal.answer("Rest()", "null");

    JsonNode now = json(rehearsal.sent().get(0).json());
    JsonNode later = json(rehearsal.sent().get(1).json());
    assertThat(rehearsal.output()).isEqualTo("\"done\"");
    assertThat(rehearsal.sent())
        .extracting(Sent::event)
        .containsExactly("op", "op@2026-02-03T04:05:06Z");
    assertThat(now.get("signal").asBoolean()).isTrue();
    assertThat(now.get("input").textValue()).isEqualTo("3");
    assertThat(now.has("due")).isFalse();
    assertThat(later.get("due").asText()).isEqualTo("2026-02-03T04:05:06Z");
    assertThat(later.has("input")).isFalse();
    assertThat(later.get("id")).isNotEqualTo(now.get("id"));
  }

  @Test
  void proxy_calls_and_signals_with_types() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Counter counter = Entities.of(ctx).proxy(Counter.class, COUNTER);
              int sum = counter.addAndGet(4).await();
              ctx.complete(sum + String.join("", counter.names("x").await()));
            });

    rehearsal.raise(id(rehearsal.sent().get(1)), "{\"result\":\"4\"}");
    rehearsal.raise(id(rehearsal.sent().get(2)), "{\"result\":\"[\\\"a\\\",\\\"b\\\"]\"}");

    assertThat(rehearsal.output()).isEqualTo("\"4ab\"");
    assertThat(rehearsal.sent())
        .extracting(sent -> json(sent.json()).get("op").asText())
        .containsExactly("add", "get", "names");
    assertThat(json(rehearsal.sent().get(0).json()).get("signal").asBoolean()).isTrue();
  }

  interface Returns {
    int get();
  }

  interface TakesTwo {
    void set(int a, int b);
  }

  @Test
  void wrong_proxies_are_refused_where_they_are_made() {
    Rehearsal.of(
        ctx -> {
          Entities entities = Entities.of(ctx);
          assertThatThrownBy(() -> entities.proxy(Returns.class, A)).hasMessageContaining("Task");
          assertThatThrownBy(() -> entities.proxy(TakesTwo.class, A))
              .hasMessageContaining("one input");
          assertThatThrownBy(() -> entities.proxy(String.class, A))
              .hasMessageContaining("interface");
          ctx.complete(null);
        });
  }

  @Test
  void lock_is_asked_for_in_order_and_given_back_when_the_body_has_returned() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities entities = Entities.of(ctx);
              ctx.complete(
                  entities.locked(
                      List.of(B, A, B),
                      () -> {
                        int amount = entities.call(B, "get", Integer.class).await();
                        ctx.callActivity("Ask", amount).await();
                        entities.call(A, "add", amount).await();
                        return amount;
                      }));
            });

    Sent lock = rehearsal.sent().get(0);
    JsonNode message = json(lock.json());
    assertThat(lock.to()).isEqualTo("@account@a");
    assertThat(lock.event()).isEqualTo("op");
    assertThat(message.get("op").isNull()).isTrue();
    assertThat(message.get("pos").asInt()).isZero();
    assertThat(message.get("parent").asText()).isEqualTo("rehearsal");
    assertThat(message.get("lockset").toString())
        .isEqualTo("[{\"name\":\"account\",\"key\":\"a\"},{\"name\":\"account\",\"key\":\"b\"}]");

    // While the orchestrator waits inside, it holds on to the locks: nothing is released.
    rehearsal.raise(id(lock), "null");
    rehearsal.raise(id(rehearsal.sent().get(1)), "{\"result\":\"9\"}");
    rehearsal.answer("Ask(9)", "null");
    assertThat(rehearsal.sent()).extracting(Sent::event).containsOnly("op").hasSize(3);

    rehearsal.raise(id(rehearsal.sent().get(2)), "{\"result\":null}");
    assertThat(rehearsal.output()).isEqualTo("9");
    assertThat(rehearsal.sent().subList(3, 5))
        .extracting(Sent::to, Sent::event, EntitiesTest::id)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("@account@a", "release", id(lock)),
            org.assertj.core.groups.Tuple.tuple("@account@b", "release", id(lock)));
  }

  @Test
  void lock_is_given_back_when_the_body_fails() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities entities = Entities.of(ctx);
              try {
                entities.locked(List.of(A), () -> entities.call(A, "withdraw", 1).await());
              } catch (TaskFailedException e) {
                entities.signal(A, "refused");
                ctx.callActivity("Rest").await();
              }
            });

    rehearsal.raise(id(rehearsal.sent().get(0)), "{\"result\":null}");
    rehearsal.raise(id(rehearsal.sent().get(1)), "{\"exceptionType\":\"not enough\"}");

    assertThat(rehearsal.sent())
        .extracting(Sent::event)
        .containsExactly("op", "op", "release", "op");
    assertThat(rehearsal.open()).hasSize(1);
  }

  @Test
  void inside_of_a_lock_only_what_cannot_get_stuck_is_allowed() {
    Rehearsal rehearsal =
        Rehearsal.of(
            ctx -> {
              Entities entities = Entities.of(ctx);
              entities.locked(
                  List.of(A),
                  () -> {
                    refused(() -> entities.call(B, "get"), "@account@b cannot be called");
                    refused(() -> entities.signal(A, "add"), "cannot be signalled");
                    refused(() -> entities.locked(List.of(B), () -> {}), "Lock all of them");
                    entities.signal(B, "add");
                  });
              entities.call(B, "get");
              refused(() -> entities.locked(List.of(), () -> {}), "no entity to lock");
              ctx.complete("done");
            });

    rehearsal.raise(id(rehearsal.sent().get(0)), "");

    assertThat(rehearsal.output()).isEqualTo("\"done\"");
    assertThat(rehearsal.sent())
        .extracting(Sent::event)
        .containsExactly("op", "op", "release", "op");
  }

  @Test
  void orchestration_may_be_completed_while_locks_are_held() {
    Rehearsal rehearsal =
        Rehearsal.of(ctx -> Entities.of(ctx).locked(List.of(A), () -> completed(ctx)));

    rehearsal.raise(id(rehearsal.sent().get(0)), "null");

    assertThat(rehearsal.output()).isEqualTo("\"early\"");
  }

  private static void completed(TaskOrchestrationContext ctx) {
    ctx.complete("early");
  }

  private static void refused(Runnable step, String why) {
    assertThatThrownBy(step::run).hasMessageContaining(why);
  }

  private static String id(Sent sent) {
    return json(sent.json()).get("id").asText();
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
