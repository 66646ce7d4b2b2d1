package dev.holdfast.orchestrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.orchestrations.entities.EntityContext;
import dev.holdfast.orchestrations.entities.EntityFunction;
import dev.holdfast.orchestrations.entities.EntityId;
import dev.holdfast.orchestrations.entities.EntityRunner;
import dev.holdfast.protocol.EntityBatchRequest;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OperationRequest;
import dev.holdfast.protocol.OperationResult;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntityRunnerTest {

  static class Counter {
    private int count;
    private final List<String> log = new ArrayList<>();
    transient String greeting = "hi";
    static int made;

    public int add(int amount) {
      log.add("+" + amount);
      return count += amount;
    }

    public int get() {
      return count;
    }

    public void addOrFail(int amount) {
      add(amount);
      if (amount < 0) {
        throw new IllegalArgumentException("negative: " + amount, new Exception("inner"));
      }
    }

    public String greet() {
      return greeting;
    }

    public String tellAll(EntityContext context, List<Integer> amounts) {
      for (int amount : amounts) {
        context.signal(new EntityId("other", context.id().key()), "add", amount);
      }
      context.signalAt(Instant.ofEpochSecond(100, 5), context.id(), "reset", null);
      context.start("Report", amounts, "report-1");
      if (amounts.isEmpty()) {
        throw new IllegalStateException("nothing to tell");
      }
      return context.operation();
    }

    public void stop(EntityContext context) {
      context.deleteState();
    }

    public void overflow() {
      if (count >= 0) {
        overflow();
      }
    }
  }

  @Test
  void operations_run_in_order_on_the_fields_of_the_class() {
    EntityBatchResult result = run("{\"count\":3}", op("ADD", "4"), op("get", null));

    assertThat(results(result)).containsExactly("7", "7");
    assertThat(result.getEntityState().getValue()).isEqualTo("{\"count\":7,\"log\":[\"+4\"]}");
    assertThat(result.hasFailureDetails()).isFalse();
  }

  @Test
  void entity_without_state_begins_as_its_class_does() {
    assertThat(results(run(null, op("add", "1")))).containsExactly("1");
    assertThat(run(null, op("get", null)).hasEntityState()).isTrue();
  }

  @Test
  void failed_operation_changes_and_sends_nothing_and_the_next_one_runs() {
    EntityBatchResult result =
        run(null, op("add", "2"), op("addOrFail", "-5"), op("tellAll", "[]"), op("add", "1"));

    assertThat(results(result)).containsExactly("2", null, null, "3");
    assertThat(result.getActionsList()).isEmpty();
    assertThat(result.getEntityState().getValue()).contains("\"count\":3").doesNotContain("-5");
    assertThat(result.getResults(1).getFailure().getFailureDetails().getErrorType())
        .isEqualTo("java.lang.IllegalArgumentException");
    assertThat(result.getResults(1).getFailure().getFailureDetails().getErrorMessage())
        .isEqualTo("negative: -5");
    assertThat(
            result
                .getResults(1)
                .getFailure()
                .getFailureDetails()
                .getInnerFailure()
                .getErrorMessage())
        .isEqualTo("inner");
  }

  @Test
  void messages_of_operations_that_succeeded_go_out_in_their_order() {
    EntityBatchResult result = run(null, op("tellAll", "[1,2]"), op("tellAll", "[3]"));

    assertThat(results(result)).containsExactly("\"tellAll\"", "\"tellAll\"");
    assertThat(result.getActionsList())
        .extracting(action -> action.getId())
        .containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(result.getActions(1).getSendSignal().getInstanceId()).isEqualTo("@other@k");
    assertThat(result.getActions(1).getSendSignal().getInput().getValue()).isEqualTo("2");
    assertThat(result.getActions(2).getSendSignal().getScheduledTime().getSeconds()).isEqualTo(100);
    assertThat(result.getActions(2).getSendSignal().hasInput()).isFalse();
    assertThat(result.getActions(3).getStartNewOrchestration().getInstanceId())
        .isEqualTo("report-1");
    assertThat(result.getActions(3).getStartNewOrchestration().getInput().getValue())
        .isEqualTo("[1,2]");
  }

  @Test
  void delete_needs_no_method_and_what_follows_begins_anew() {
    assertThat(run("{\"count\":3}", op("Delete", null)).hasEntityState()).isFalse();
    assertThat(run("{\"count\":3}", op("stop", null)).hasEntityState()).isFalse();
    assertThat(results(run("{\"count\":3}", op("delete", null), op("add", "1"))))
        .containsExactly(null, "1");
  }

  @Test
  void what_cannot_run_is_a_failure_in_words() {
    EntityBatchResult result = run(null, op("jump", null), op("add", null), op("add", "\"x\""));

    assertThat(message(result, 0)).contains("'counter' has no operation 'jump'").contains("get");
    assertThat(message(result, 1)).contains("needs an input of type int");
    assertThat(message(result, 2)).contains("\"x\"");
    assertThat(result.hasEntityState()).isFalse();
  }

  @Test
  void state_of_another_shape_is_kept_and_fails_the_operations() {
    EntityBatchResult result = run("{\"count\":\"many\"}", op("get", null));

    assertThat(message(result, 0)).contains("many");
    assertThat(result.getEntityState().getValue()).isEqualTo("{\"count\":\"many\"}");
  }

  @Test
  void endless_recursion_fails_one_operation_only() {
    EntityBatchResult result = run(null, op("overflow", null), op("add", "1"));

    assertThat(results(result)).containsExactly(null, "1");
    assertThat(result.getResults(0).getFailure().getFailureDetails().getErrorType())
        .isEqualTo("java.lang.StackOverflowError");
  }

  @Test
  void objects_may_come_from_somebody_else() {
    String batch = batch(null, op("greet", null), op("add", "1"), op("greet", null));

    EntityBatchResult result =
        parse(
            EntityRunner.run(
                batch,
                () -> {
                  Counter counter = new Counter();
                  counter.greeting = "hello";
                  return counter;
                }));

    assertThat(results(result)).containsExactly("\"hello\"", "1", "\"hello\"");
    assertThat(result.getEntityState().getValue()).doesNotContain("hello");
  }

  @Test
  void function_sees_operation_input_and_state() {
    EntityFunction counter =
        op -> {
          int count = op.state(Integer.class, 10);
          if (op.is("add")) {
            Integer amount = op.input(Integer.class);
            op.setState(count + (amount == null ? 1 : amount));
            op.proxy(Bell.class, new EntityId("bell", op.id().key())).ring("x");
          } else if (op.is("fail")) {
            op.setState(-1);
            throw new java.io.IOException("wire cut");
          } else if (op.is("delete")) {
            op.deleteState();
          }
          return op.state(Integer.class);
        };

    EntityBatchResult result =
        parse(
            EntityRunner.run(
                batch(null, op("Add", "5"), op("fail", null), op("add", null)), counter));
    EntityBatchResult deleted = parse(EntityRunner.run(batch("16", op("delete", null)), counter));

    assertThat(results(result)).containsExactly("15", null, "16");
    assertThat(result.getEntityState().getValue()).isEqualTo("16");
    assertThat(result.getActionsList())
        .extracting(action -> action.getSendSignal().getName())
        .containsExactly("ring", "ring");
    assertThat(deleted.hasEntityState()).isFalse();
  }

  interface Bell {
    void ring(String how);
  }

  public static class TwoGets {
    public int get() {
      return 1;
    }

    public int GET() {
      return 2;
    }
  }

  @Test
  void ambiguous_class_says_so() {
    String answer = EntityRunner.run(batch(null, op("get", null)), TwoGets.class);

    assertThat(message(parse(answer), 0)).contains("two public methods");
  }

  @Test
  void what_is_no_batch_is_refused() {
    assertThatThrownBy(() -> EntityRunner.run("no batch!", Counter.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no batch");
    assertThatThrownBy(() -> EntityRunner.run(batch(null), Integer.class))
        .hasMessageContaining("no constructor without parameters");
  }

  private static UnaryOperator<OperationRequest.Builder> op(String name, @Nullable String input) {
    return request -> {
      request.setOperation(name).setRequestId("r");
      return input == null ? request : request.setInput(StringValue.of(input));
    };
  }

  @SafeVarargs
  private static String batch(
      @Nullable String state, UnaryOperator<OperationRequest.Builder>... operations) {
    EntityBatchRequest.Builder request =
        EntityBatchRequest.newBuilder().setInstanceId("@counter@k");
    if (state != null) {
      request.setEntityState(StringValue.of(state));
    }
    for (UnaryOperator<OperationRequest.Builder> operation : operations) {
      request.addOperations(operation.apply(OperationRequest.newBuilder()));
    }
    return Base64.getEncoder().encodeToString(request.build().toByteArray());
  }

  @SafeVarargs
  private static EntityBatchResult run(
      @Nullable String state, UnaryOperator<OperationRequest.Builder>... operations) {
    return parse(EntityRunner.run(batch(state, operations), Counter.class));
  }

  private static EntityBatchResult parse(String answer) {
    try {
      return EntityBatchResult.parseFrom(Base64.getDecoder().decode(answer));
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The JSON of each result; null where there is none, or the operation failed. */
  private static List<@Nullable String> results(EntityBatchResult result) {
    List<@Nullable String> texts = new ArrayList<>();
    for (OperationResult each : result.getResultsList()) {
      texts.add(each.getSuccess().hasResult() ? each.getSuccess().getResult().getValue() : null);
    }
    return texts;
  }

  private static String message(EntityBatchResult result, int operation) {
    return result.getResults(operation).getFailure().getFailureDetails().getErrorMessage();
  }
}
