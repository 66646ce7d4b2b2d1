package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Records;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.protocol.ActivityResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an activity puts into keyed records is written with its result, once. */
class RecordsTest {
  private static final Program TWO =
      Program.of(
          "Two",
          new Step.All(
              List.of(new Step.Call("Act", "1", false), new Step.Call("Act", "2", false))));

  private static final Records<String> RECEIPTS =
      new Records<>("test.receipts", ByteString::copyFromUtf8, ByteString::toStringUtf8);

  private final Asking ask = new Asking(TWO);

  @BeforeEach
  void start() {
    ask.driven.setAnswering(false);
    ask.start("a", "Two");
    ask.driven.settle();
    ask.driven.executor().answerTurns();
    ask.driven.settle();
    assertThat(activities()).hasSize(2);
  }

  private List<Held> activities() {
    return ask.driven.executor().held().stream()
        .filter(one -> one.item().kind() == WorkItem.Kind.ACTIVITY)
        .toList();
  }

  private static void answer(Held held, String name) {
    WorkItem.Activity item = (WorkItem.Activity) held.item();
    ActivityResponse response =
        ActivityResponse.newBuilder()
            .setInstanceId(item.instanceId())
            .setTaskId(item.taskId())
            .setResult(StringValue.of("\"done\""))
            .build();
    held.answers()
        .answer(new Answer.ActivityDone(item, response, List.of(RECEIPTS.put(name, "sent"))));
  }

  private boolean isKept(String name) {
    return RECEIPTS.get(ask.driven.memory(), name).isPresent();
  }

  @Test
  void records_are_durable_with_the_result_so_the_activity_does_not_run_again() {
    answer(activities().get(0), "one");
    ask.driven.runAtThisMoment();
    // The second result arrives while the turn that reads the first one is open.
    answer(activities().get(1), "two");
    ask.driven.runAtThisMoment();

    ask.driven.crash();
    ask.driven.settle();

    assertThat(isKept("one")).isTrue();
    assertThat(isKept("two")).isTrue();
    assertThat(activities()).isEmpty();
  }

  @Test
  void an_answer_that_does_not_count_writes_no_records() {
    Held held = activities().get(0);
    answer(held, "first");
    ask.driven.settle();

    answer(held, "second");
    ask.driven.get(ask.hub().terminate("a", null, true));
    answer(activities().isEmpty() ? held : activities().get(0), "late");
    ask.driven.settle();

    assertThat(isKept("first")).isTrue();
    assertThat(isKept("second")).isFalse();
    assertThat(isKept("late")).isFalse();
  }

  @Test
  void no_door_leads_to_the_namespaces_of_the_hub() {
    assertThatThrownBy(
            () -> new Records<>("mail", ByteString::copyFromUtf8, ByteString::toStringUtf8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'mail'");
  }
}
