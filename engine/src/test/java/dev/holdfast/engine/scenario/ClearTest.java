package dev.holdfast.engine.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Times;
import dev.holdfast.engine.driven.FaultyStore.Fault;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A hub that is emptied: CreateTaskHub with recreateIfExists, and DeleteTaskHub. */
class ClearTest {
  private final Asking ask =
      new Asking(
          Program.of("Quick"),
          Program.of("Waits", new Step.Await("go")),
          Program.of("Outer", new Step.Child("Waits", "x", ChildId.OF_INSTANCE, false)));

  private int count() {
    ask.driven.settle();
    return ask.driven
        .get(ask.hub().query(InstanceQuery.getDefaultInstance()))
        .getOrchestrationStateCount();
  }

  @Test
  void nothing_is_left_whatever_it_was_doing() {
    ask.start("done", "Quick");
    ask.start("waits", "Waits");
    ask.start("outer", "Outer");
    ask.driven.get(
        ask.hub()
            .start(
                Asking.request("later", "Quick")
                    .setScheduledStartTimestamp(Times.timestamp(Long.MAX_VALUE / 2))
                    .build()));
    ask.driven.get(ask.hub().suspend("waits", "lunch"));
    ask.driven.get(
        ask.hub()
            .signalEntity(
                SignalEntityRequest.newBuilder()
                    .setInstanceId("@ledger@a")
                    .setName("note")
                    .setInput(StringValue.of("x"))
                    .build()));
    assertThat(count()).isEqualTo(5);
    assertThat(ask.driven.get(ask.hub().getEntity("@ledger@a", false))).isPresent();

    assertThat(ask.driven.get(ask.hub().clear())).isEqualTo(6);

    assertThat(count()).isZero();
    assertThat(ask.driven.get(ask.hub().getEntity("@ledger@a", false))).isEmpty();
    ask.driven.crash();
    assertThat(count()).isZero();
    assertThat(ask.refusal(ask.hub().rewind("done", "again"))).isEqualTo(Reason.NOT_FOUND);
    ask.start("waits", "Quick");
    assertThat(ask.output("waits")).startsWith("in");
  }

  @Test
  void more_than_one_page_goes() {
    for (int i = 0; i < 520; i++) {
      ask.start("i" + i, i % 2 == 0 ? "Quick" : "Waits");
    }

    assertThat(ask.driven.get(ask.hub().clear())).isEqualTo(520);
    assertThat(count()).isZero();
  }

  @Test
  void one_that_was_cut_short_is_repeated() {
    ask.start("a", "Waits");
    ask.start("b", "Quick");
    int[] commits = {0};
    ask.driven.setFaults(
        call -> call.equals("commit") && commits[0]++ == 1 ? Fault.BEFORE : Fault.NONE);
    CompletableFuture<Integer> cut = ask.hub().clear();
    ask.driven.crash();
    assertThat(ask.refusal(cut)).isEqualTo(Reason.UNAVAILABLE);

    ask.driven.get(ask.hub().clear());

    assertThat(count()).isZero();
  }
}
