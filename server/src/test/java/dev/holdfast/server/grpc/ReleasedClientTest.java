package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import com.microsoft.durabletask.NewOrchestrationInstanceOptions;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.OrchestrationStatusQuery;
import com.microsoft.durabletask.OrchestrationStatusQueryResult;
import com.microsoft.durabletask.PurgeInstanceCriteria;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.FakeTaskHub;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The released durabletask-client 1.5.0 as it comes from its jar. */
@Timeout(60)
class ReleasedClientTest {
  private final FakeTaskHub hub = new FakeTaskHub();
  private final GrpcServer server =
      new GrpcServer(GrpcConfig.loopback().withPort(0, true), hub, new NoWork(), new Random(1));
  private DurableTaskClient client;

  @BeforeEach
  void start() throws Exception {
    client = new DurableTaskGrpcClientBuilder().port(server.start()).build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void starts_with_everything_it_can_say() {
    Instant at = Instant.parse("2040-01-02T03:04:05Z");

    String id =
        client.scheduleNewOrchestrationInstance(
            "Sequence",
            new NewOrchestrationInstanceOptions()
                .setInstanceId("abc")
                .setInput(List.of("Tokyo", "London"))
                .setVersion("2.1")
                .setStartTime(at));

    assertThat(id).isEqualTo("abc");
    assertThat(hub.state("abc").getVersion().getValue()).isEqualTo("2.1");
    assertThat(hub.state("abc").getScheduledStartTimestamp().getSeconds())
        .isEqualTo(at.getEpochSecond());
    OrchestrationMetadata state = client.getInstanceMetadata("abc", true);
    assertThat(state.getName()).isEqualTo("Sequence");
    assertThat(state.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.PENDING);
    assertThat(state.readInputAs(String[].class)).containsExactly("Tokyo", "London");
    assertThat(client.getInstanceMetadata("nobody", true).isInstanceFound()).isFalse();
  }

  @Test
  void learns_that_an_id_is_taken() {
    client.scheduleNewOrchestrationInstance("Sequence", null, "abc");

    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> client.scheduleNewOrchestrationInstance("Sequence", null, "abc"))
        .withMessageContaining("ALREADY_EXISTS")
        .withMessageContaining("'abc'");
  }

  @Test
  void waits_until_the_instance_starts_and_ends() throws Exception {
    client.scheduleNewOrchestrationInstance("Sequence", null, "abc");
    var started =
        CompletableFuture.supplyAsync(
            () -> waited(() -> client.waitForInstanceStart("abc", Duration.ofSeconds(30))));
    var ended =
        CompletableFuture.supplyAsync(
            () ->
                waited(
                    () -> client.waitForInstanceCompletion("abc", Duration.ofSeconds(30), true)));
    await().until(() -> hub.waiting() == 2);

    hub.becomes("abc", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING, null);
    assertThat(started.join().getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.RUNNING);
    assertThat(ended).isNotDone();

    hub.becomes("abc", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, "\"done\"");
    assertThat(ended.join().readOutputAs(String.class)).isEqualTo("done");
    await().until(() -> hub.waiting() == 0);
  }

  @Test
  void gives_up_waiting_in_time_and_leaves_nothing_behind() {
    client.scheduleNewOrchestrationInstance("Sequence", null, "abc");

    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> client.waitForInstanceStart("abc", Duration.ofMillis(200)));

    await().until(() -> hub.waiting() == 0);
  }

  @Test
  void sends_its_messages() {
    client.scheduleNewOrchestrationInstance("Sequence", null, "abc");

    client.raiseEvent("abc", "Approval", true);
    client.raiseEvent("gone", "Approval");
    client.suspendInstance("abc", "lunch");
    client.resumeInstance("abc");
    client.terminate("abc", "enough");

    assertThat(hub.heard())
        .containsExactly(
            "abc: event Approval true",
            "gone: event Approval null",
            "abc: suspend lunch",
            "abc: resume null",
            "abc: terminate \"enough\"");
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(() -> client.terminate("gone", null))
        .withMessageContaining("NOT_FOUND")
        .withMessageContaining("'gone'");
  }

  @Test
  void pages_through_a_query() {
    for (int i = 0; i < 5; i++) {
      client.scheduleNewOrchestrationInstance("Sequence", i, "q-" + i);
    }
    OrchestrationStatusQuery query =
        new OrchestrationStatusQuery().setMaxInstanceCount(2).setFetchInputsAndOutputs(true);

    OrchestrationStatusQueryResult first = client.queryInstances(query);
    OrchestrationStatusQueryResult second =
        client.queryInstances(query.setContinuationToken(first.getContinuationToken()));
    OrchestrationStatusQueryResult third =
        client.queryInstances(query.setContinuationToken(second.getContinuationToken()));

    assertThat(ids(first)).containsExactly("q-0", "q-1");
    assertThat(ids(second)).containsExactly("q-2", "q-3");
    assertThat(ids(third)).containsExactly("q-4");
    assertThat(third.getContinuationToken()).isNullOrEmpty();
  }

  private static List<String> ids(OrchestrationStatusQueryResult page) {
    return page.getOrchestrationState().stream().map(OrchestrationMetadata::getInstanceId).toList();
  }

  @Test
  void purges_one_and_many() throws Exception {
    client.scheduleNewOrchestrationInstance("Sequence", null, "a");
    client.scheduleNewOrchestrationInstance("Sequence", null, "b");
    client.scheduleNewOrchestrationInstance("Sequence", null, "c");
    hub.becomes("a", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, null);
    hub.becomes("b", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED, null);

    assertThat(client.purgeInstance("c").getDeletedInstanceCount()).isZero();
    assertThat(client.purgeInstance("a").getDeletedInstanceCount()).isOne();
    assertThat(
            client
                .purgeInstances(
                    new PurgeInstanceCriteria()
                        .setCreatedTimeFrom(Instant.EPOCH) // this client fails without one
                        .setRuntimeStatusList(List.of(OrchestrationRuntimeStatus.FAILED))
                        .setTimeout(Duration.ofSeconds(10)))
                .getDeletedInstanceCount())
        .isOne();
    assertThat(client.getInstanceMetadata("a", false).isInstanceFound()).isFalse();
  }

  @Test
  void restarts_by_reading_and_starting_again() {
    client.scheduleNewOrchestrationInstance("Sequence", "in", "abc");
    hub.becomes("abc", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, null);

    String same = client.restartInstance("abc", false);
    String other = client.restartInstance("abc", true);

    assertThat(same).isEqualTo("abc");
    assertThat(hub.state("abc").getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_PENDING);
    assertThat(other).isNotEqualTo("abc");
    assertThat(hub.state(other).getName()).isEqualTo("Sequence");
  }

  @Test
  void may_create_the_hub_as_often_as_it_likes_and_anew() {
    client.scheduleNewOrchestrationInstance("Sequence", null, "abc");
    client.createTaskHub(false);
    client.createTaskHub(false);
    assertThat(client.getInstanceMetadata("abc", false).isInstanceFound()).isTrue();

    client.createTaskHub(true);

    assertThat(client.getInstanceMetadata("abc", false).isInstanceFound()).isFalse();
  }

  private interface Waiting {
    OrchestrationMetadata get() throws TimeoutException;
  }

  private static OrchestrationMetadata waited(Waiting waiting) {
    try {
      return waiting.get();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
