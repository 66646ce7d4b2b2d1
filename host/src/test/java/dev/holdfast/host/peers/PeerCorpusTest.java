package dev.holdfast.host.peers;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.host.DemoApp;
import dev.holdfast.host.Holdfast;
import dev.holdfast.host.HostOptions;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.peers.app.PeerFunctions;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.OrchestrationState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What went wrong with other engines, tried with a real app on this one. PC-1, PC-9 and PC-10 are
 * tests under load beside this one; PC-7 and PC-8 are scenarios of the engine; PC-3 and PC-5 need
 * more than one node; PC-12 is the client library's, which does not always notice.
 */
@Timeout(120)
class PeerCorpusTest {
  @TempDir Path folder;

  private DemoApp app;

  @BeforeEach
  void build() throws IOException {
    app = DemoApp.of(PeerFunctions.class, folder.resolve("app"));
  }

  private Holdfast start(Map<String, String> environment) {
    return Holdfast.start(
        HostOptions.onFreePorts(
            app.folder(), new DataFolder(folder.resolve("data")), StoreKind.SQLITE),
        environment);
  }

  private static CompletableFuture<String> begin(TaskHub hub, String name, String input) {
    return hub.start(
        CreateInstanceRequest.newBuilder().setName(name).setInput(StringValue.of(input)).build());
  }

  private static OrchestrationState run(TaskHub hub, String name, String input) {
    return begin(hub, name, input)
        .thenCompose(id -> hub.waitForCompletion(id, true))
        .orTimeout(60, TimeUnit.SECONDS)
        .join()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\t", "\u0000", "a\u0000b", "\uD83C", "@entity@key"})
  void pc_2_an_id_that_nothing_may_have_is_refused_and_leaves_nothing(String id) {
    try (Holdfast host = start(Map.of())) {
      CompletableFuture<String> started =
          host.hub()
              .start(
                  CreateInstanceRequest.newBuilder().setInstanceId(id).setName("Listen").build());

      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(started::join)
          .withCauseInstanceOf(RefusedException.class);
      assertThat(
              host.hub()
                  .query(dev.holdfast.protocol.InstanceQuery.getDefaultInstance())
                  .join()
                  .getOrchestrationStateList())
          .isEmpty();
    }
  }

  @Test
  void pc_4_a_host_that_stops_takes_no_work_any_more() {
    Holdfast host = start(Map.of());
    String waiting = begin(host.hub(), "Listen", "1").join();
    host.close();

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> begin(host.hub(), "Listen", "1").join())
        .withMessageContaining("stopping");
    try (Holdfast next = start(Map.of())) {
      next.hub().raiseEvent(waiting, "Said", "7").join();
      assertThat(next.hub().waitForCompletion(waiting, true).join().orElseThrow().getOutput())
          .isEqualTo(StringValue.of("[7]"));
    }
  }

  @Test
  void pc_6_events_sent_back_to_back_all_arrive_in_order() {
    try (Holdfast host = start(Map.of())) {
      String id = begin(host.hub(), "Listen", "100").join();
      List<CompletableFuture<?>> sent = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        sent.add(host.hub().raiseEvent(id, "Said", Integer.toString(i)));
      }
      sent.forEach(CompletableFuture::join);

      assertThat(host.hub().waitForCompletion(id, true).join().orElseThrow().getOutput())
          .isEqualTo(
              StringValue.of(IntStream.range(0, 100).boxed().toList().toString().replace(" ", "")));
    }
  }

  @Test
  void pc_11_more_than_fits_into_memory_is_worked_off_and_nothing_is_dropped() {
    Map<String, String> small =
        Map.of(
            "AzureFunctionsJobHost__extensions__holdfast__activeInstances", "20",
            "AzureFunctionsJobHost__extensions__holdfast__idleInstances", "20");
    try (Holdfast host = start(small)) {
      List<CompletableFuture<OrchestrationState>> ends = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        ends.add(
            begin(host.hub(), "Undaunted", "0")
                .thenCompose(id -> host.hub().waitForCompletion(id, true))
                .thenApply(java.util.Optional::orElseThrow));
      }

      assertThat(ends)
          .allSatisfy(
              end ->
                  assertThat(end.join().getOrchestrationStatus())
                      .isEqualTo(ORCHESTRATION_STATUS_COMPLETED));
    }
  }

  @Test
  void pc_13_a_failure_of_whatever_kind_is_replayed_as_a_failure() {
    try (Holdfast host = start(Map.of())) {
      OrchestrationState end = run(host.hub(), "Undaunted", "null");

      assertThat(end.getOrchestrationStatus())
          .as(end.getFailureDetails().toString())
          .isEqualTo(ORCHESTRATION_STATUS_COMPLETED);
      assertThat(end.getOutput().getValue())
          .contains(PeerFunctions.FAILURES.stream().map(kind -> kind + " in Fail").toList());
    }
  }
}
