package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.StoreException;
import dev.holdfast.protocol.CleanEntityStorageRequest;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.CreateTaskHubRequest;
import dev.holdfast.protocol.DeleteTaskHubRequest;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.GetEntityRequest;
import dev.holdfast.protocol.GetEntityResponse;
import dev.holdfast.protocol.GetInstanceRequest;
import dev.holdfast.protocol.GetInstanceResponse;
import dev.holdfast.protocol.HistoryChunk;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.QueryEntitiesRequest;
import dev.holdfast.protocol.QueryInstancesRequest;
import dev.holdfast.protocol.RaiseEventRequest;
import dev.holdfast.protocol.RestartInstanceRequest;
import dev.holdfast.protocol.RewindInstanceRequest;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsRequest;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.SuspendRequest;
import dev.holdfast.protocol.TerminateRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc.TaskHubSidecarServiceBlockingStub;
import dev.holdfast.server.FakeTaskHub;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class GrpcServerTest {
  private final FakeTaskHub hub = new FakeTaskHub();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private GrpcServer server =
      new GrpcServer(GrpcConfig.loopback().withPort(0, true), hub, new NoWork(), new Random(1));
  private TaskHubSidecarServiceBlockingStub client;

  @BeforeEach
  void start() throws Exception {
    client = serve(GrpcConfig.loopback().withPort(0, true));
  }

  @AfterEach
  void stop() throws Exception {
    Collections.reverse(opened);
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private TaskHubSidecarServiceBlockingStub serve(GrpcConfig config) throws Exception {
    server = new GrpcServer(config, hub, new NoWork(), new Random(1));
    opened.add(server);
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.start())
            .usePlaintext()
            .maxInboundMessageSize(16 * 1024 * 1024)
            .build();
    opened.add(channel::shutdownNow);
    return TaskHubSidecarServiceGrpc.newBlockingStub(channel);
  }

  @Test
  void hello_is_answered() {
    assertThat(client.hello(Empty.getDefaultInstance())).isEqualTo(Empty.getDefaultInstance());
  }

  @Test
  void ids_of_entities_are_refused() {
    CreateInstanceRequest request = start("@counter@a");

    refused(Code.INVALID_ARGUMENT, "@counter@a", () -> client.startInstance(request));
  }

  @Test
  void a_policy_that_replaces_the_living_must_allow_terminated() {
    CreateInstanceRequest.Builder request = start("a").toBuilder();
    request.setOrchestrationIdReusePolicy(
        OrchestrationIdReusePolicy.newBuilder()
            .addReplaceableStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING));

    refused(
        Code.INVALID_ARGUMENT,
        "Invalid reusable statuses: cannot exclude 'Terminated' while also allowing reuse of"
            + " running instances",
        () -> client.startInstance(request.build()));
    assertThat(hub.state("a")).isNull();

    request
        .getOrchestrationIdReusePolicyBuilder()
        .addReplaceableStatus(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
    assertThat(client.startInstance(request.build()).getInstanceId()).isEqualTo("a");
  }

  @Test
  void a_missing_instance_is_no_error_and_has_no_state() {
    var answer = client.getInstance(GetInstanceRequest.newBuilder().setInstanceId("no").build());

    assertThat(answer.getExists()).isFalse();
    assertThat(answer.hasOrchestrationState()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_refusal_has_its_code_and_keeps_its_words(Reason reason) {
    hub.failWith(new RefusedException(reason, "words of " + reason));
    Code code =
        switch (reason) {
          case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
          case NOT_FOUND -> Code.NOT_FOUND;
          case INVALID_ARGUMENT -> Code.INVALID_ARGUMENT;
          case FAILED_PRECONDITION -> Code.FAILED_PRECONDITION;
          case OVERLOADED, STORE_FULL -> Code.RESOURCE_EXHAUSTED;
          case UNAVAILABLE -> Code.UNAVAILABLE;
          case UNANSWERED -> Code.UNKNOWN;
        };

    refused(code, "words of " + reason, () -> client.startInstance(start("a")));
  }

  @Test
  void a_failing_store_is_worth_another_try_and_a_bug_is_not() {
    GetInstanceRequest request = GetInstanceRequest.newBuilder().setInstanceId("a").build();

    hub.failWith(new CompletionException(new StoreException("disk gone")));
    refused(Code.UNAVAILABLE, "disk gone", () -> client.getInstance(request));

    hub.failWith(new IllegalStateException("expected 1, but 2"));
    refused(Code.INTERNAL, "expected 1, but 2", () -> client.getInstance(request));
  }

  @Test
  void a_cancelled_wait_lets_go_of_the_instance() {
    client.startInstance(start("a"));
    var waiting = client.withDeadlineAfter(200, TimeUnit.MILLISECONDS);

    refused(
        Code.DEADLINE_EXCEEDED,
        "",
        () ->
            waiting.waitForInstanceCompletion(
                GetInstanceRequest.newBuilder().setInstanceId("a").build()));

    await().until(() -> hub.waiting() == 0);
  }

  @Test
  void draining_frees_those_who_wait_and_ends() throws Exception {
    client.startInstance(start("a"));
    CompletableFuture<Object> waiting =
        CompletableFuture.supplyAsync(
            () ->
                client.waitForInstanceStart(
                    GetInstanceRequest.newBuilder().setInstanceId("a").build()));
    await().until(() -> hub.waiting() == 1);

    assertThat(server.drain(Duration.ofSeconds(10))).isTrue();

    assertThatThrownBy(waiting::join)
        .hasCauseInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE: The host is stopping");
    refused(Code.UNAVAILABLE, "", () -> client.hello(Empty.getDefaultInstance()));
  }

  @Test
  void draining_waits_for_calls_but_not_for_idle_connections() throws Exception {
    client.hello(Empty.getDefaultInstance());
    CompletableFuture<Optional<OrchestrationState>> slow = new CompletableFuture<>();
    hub.answerGetWith(slow);
    CompletableFuture<GetInstanceResponse> asked =
        CompletableFuture.supplyAsync(
            () -> client.getInstance(GetInstanceRequest.newBuilder().setInstanceId("a").build()));
    await().until(hub::wasAskedToGet);

    assertThat(server.drain(Duration.ofMillis(50))).isFalse();
    slow.complete(Optional.empty());

    assertThat(server.drain(Duration.ofSeconds(10))).isTrue();
    assertThat(asked.join().getExists()).isFalse();
  }

  @Test
  void a_lost_event_is_silent_unless_the_host_says_otherwise() throws Exception {
    client.startInstance(start("over"));
    hub.becomes("over", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, null);

    client.raiseEvent(event("missing", "Go"));
    client.raiseEvent(event("over", "Go"));

    var strict = serve(new GrpcConfig("127.0.0.1", 0, true, 1 << 26, Duration.ofSeconds(60), true));
    refused(Code.NOT_FOUND, "missing", () -> strict.raiseEvent(event("missing", "Go")));
    refused(Code.FAILED_PRECONDITION, "over", () -> strict.raiseEvent(event("over", "Go")));
    refused(Code.INVALID_ARGUMENT, "needs a name", () -> strict.raiseEvent(event("over", "")));
  }

  @Test
  void ended_targets_take_commands_without_a_word_and_missing_ones_do_not() {
    client.startInstance(start("over"));
    hub.becomes("over", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED, null);

    client.terminateInstance(
        TerminateRequest.newBuilder()
            .setInstanceId("over")
            .setOutput(StringValue.of("\"why\""))
            .setRecursive(true)
            .build());
    client.suspendInstance(SuspendRequest.newBuilder().setInstanceId("over").build());

    assertThat(hub.heard())
        .containsExactly("over: terminate \"why\" recursive", "over: suspend null");
    refused(
        Code.NOT_FOUND,
        "No orchestration instance with ID 'missing' was found.",
        () ->
            client.terminateInstance(
                TerminateRequest.newBuilder().setInstanceId("missing").build()));
  }

  @Test
  void rewind_and_restart_pass_on_what_the_hub_says() {
    client.startInstance(start("a"));

    refused(
        Code.FAILED_PRECONDITION,
        "Only failed instances",
        () -> client.rewindInstance(RewindInstanceRequest.newBuilder().setInstanceId("a").build()));
    hub.becomes("a", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED, null);
    client.rewindInstance(
        RewindInstanceRequest.newBuilder()
            .setInstanceId("a")
            .setReason(StringValue.of("fixed"))
            .build());
    var restarted =
        client.restartInstance(
            RestartInstanceRequest.newBuilder()
                .setInstanceId("a")
                .setRestartWithNewInstanceId(true)
                .build());

    assertThat(hub.heard()).containsExactly("a: rewind fixed");
    assertThat(restarted.getInstanceId()).isNotEqualTo("a");
  }

  @Test
  void purges_need_a_target_of_at_most_500() {
    InstanceBatch.Builder batch = InstanceBatch.newBuilder();
    Collections.nCopies(501, "x").forEach(batch::addInstanceIds);

    refused(
        Code.INVALID_ARGUMENT,
        "Say what to purge",
        () -> client.purgeInstances(PurgeInstancesRequest.getDefaultInstance()));
    refused(
        Code.INVALID_ARGUMENT,
        "501",
        () ->
            client.purgeInstances(
                PurgeInstancesRequest.newBuilder().setInstanceBatch(batch).build()));
    assertThat(
            client
                .purgeInstances(PurgeInstancesRequest.newBuilder().setInstanceId("no").build())
                .getDeletedInstanceCount())
        .isZero();
  }

  @Test
  void a_query_without_a_page_size_gets_one() {
    client.queryInstances(QueryInstancesRequest.getDefaultInstance());

    assertThat(hub.heard()).containsExactly("query of 100");
  }

  @Test
  void a_long_history_comes_in_small_chunks_and_whole() {
    List<HistoryEvent> events = new ArrayList<>();
    events.add(started("run-1"));
    for (int i = 0; i < 300; i++) {
      events.add(raised(i, 10_000));
    }
    events.add(raised(300, 1_000_000));
    hub.putHistory("a", events);

    List<HistoryChunk> chunks = new ArrayList<>();
    Iterator<HistoryChunk> answer = client.streamInstanceHistory(history("a", "run-1"));
    answer.forEachRemaining(chunks::add);

    assertThat(chunks.stream().flatMap(it -> it.getEventsList().stream())).isEqualTo(events);
    assertThat(chunks)
        .hasSizeGreaterThan(10)
        .allMatch(it -> it.getEventsCount() == 1 || it.getSerializedSize() < 300 * 1024);
  }

  @Test
  void histories_that_are_not_there_are_not_found() {
    hub.putHistory("a", List.of(started("run-2")));

    refused(Code.NOT_FOUND, "'b'", () -> client.streamInstanceHistory(history("b", "")).hasNext());
    refused(
        Code.NOT_FOUND,
        "run-1",
        () -> client.streamInstanceHistory(history("a", "run-1")).hasNext());
  }

  private boolean exists(String id) {
    return client
        .getInstance(GetInstanceRequest.newBuilder().setInstanceId(id).build())
        .getExists();
  }

  @Test
  void creating_the_hub_changes_nothing_and_creating_it_anew_empties_it() {
    client.startInstance(start("a"));
    client.createTaskHub(CreateTaskHubRequest.getDefaultInstance());
    assertThat(exists("a")).isTrue();

    client.createTaskHub(CreateTaskHubRequest.newBuilder().setRecreateIfExists(true).build());

    assertThat(exists("a")).isFalse();
  }

  @Test
  void deleting_the_hub_empties_it() {
    client.startInstance(start("a"));

    client.deleteTaskHub(DeleteTaskHubRequest.getDefaultInstance());

    assertThat(exists("a")).isFalse();
  }

  @Test
  void terminations_without_grace_name_those_that_were_left() {
    client.startInstance(start("a"));

    List<String> left =
        client
            .skipGracefulOrchestrationTerminations(
                SkipGracefulOrchestrationTerminationsRequest.newBuilder()
                    .setInstanceBatch(
                        InstanceBatch.newBuilder().addInstanceIds("a").addInstanceIds("nobody"))
                    .setReason(StringValue.of("out of \"time\""))
                    .build())
            .getUnterminatedInstanceIdsList();

    assertThat(left).containsExactly("nobody");
    assertThat(hub.heard()).contains("a: terminate \"out of \\\"time\\\"\"");
    refused(
        Code.INVALID_ARGUMENT,
        "at most 500",
        () ->
            client.skipGracefulOrchestrationTerminations(
                SkipGracefulOrchestrationTerminationsRequest.newBuilder()
                    .setInstanceBatch(
                        InstanceBatch.newBuilder().addAllInstanceIds(Collections.nCopies(501, "a")))
                    .build()));
  }

  @Test
  void entities_are_signalled_read_and_listed() {
    client.signalEntity(
        SignalEntityRequest.newBuilder()
            .setInstanceId("@counter@a")
            .setName("add")
            .setInput(StringValue.of("3"))
            .build());

    GetEntityResponse found =
        client.getEntity(
            GetEntityRequest.newBuilder()
                .setInstanceId("@counter@a")
                .setIncludeState(true)
                .build());
    GetEntityResponse bare =
        client.getEntity(GetEntityRequest.newBuilder().setInstanceId("@counter@a").build());
    GetEntityResponse missing =
        client.getEntity(GetEntityRequest.newBuilder().setInstanceId("@counter@b").build());

    assertThat(found.getExists()).isTrue();
    assertThat(found.getEntity().getSerializedState().getValue()).isEqualTo("3");
    assertThat(bare.getExists()).isTrue();
    assertThat(bare.getEntity().hasSerializedState()).isFalse();
    assertThat(missing.getExists()).isFalse();
    assertThat(missing.hasEntity()).isFalse();
    assertThat(
            client
                .queryEntities(
                    QueryEntitiesRequest.newBuilder()
                        .setQuery(
                            EntityQuery.newBuilder()
                                .setInstanceIdStartsWith(StringValue.of("@counter@")))
                        .build())
                .getEntitiesCount())
        .isEqualTo(1);
    assertThat(
            client
                .cleanEntityStorage(
                    CleanEntityStorageRequest.newBuilder().setReleaseOrphanedLocks(true).build())
                .getOrphanedLocksReleased())
        .isEqualTo(3);
  }

  @Test
  void a_payload_far_over_the_usual_4_megabytes_goes_in() {
    CreateInstanceRequest big =
        start("big").toBuilder().setInput(StringValue.of("x".repeat(8 << 20))).build();

    client.startInstance(big);

    assertThat(hub.state("big").getInput().getValue()).hasSize(8 << 20);
  }

  @Test
  void a_payload_over_the_limit_is_refused_by_name() throws Exception {
    var small = serve(new GrpcConfig("127.0.0.1", 0, true, 1024, Duration.ofSeconds(60), false));
    CreateInstanceRequest big =
        start("big").toBuilder().setInput(StringValue.of("x".repeat(4096))).build();

    refused(Code.RESOURCE_EXHAUSTED, "1024", () -> small.startInstance(big));
  }

  @Test
  void a_busy_port_is_left_for_a_free_one_unless_it_was_asked_for() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GrpcServer modest =
            new GrpcServer(
                GrpcConfig.loopback().withPort(taken.getLocalPort(), false),
                hub,
                new NoWork(),
                new Random(1));
        GrpcServer stubborn =
            new GrpcServer(
                GrpcConfig.loopback().withPort(taken.getLocalPort(), true),
                hub,
                new NoWork(),
                new Random(1))) {

      assertThat(modest.start()).isNotEqualTo(taken.getLocalPort()).isPositive();
      assertThatExceptionOfType(PortBusyException.class)
          .isThrownBy(stubborn::start)
          .withMessageContaining(Integer.toString(taken.getLocalPort()))
          .withMessageContaining("--grpc-port");
    }
  }

  private static CreateInstanceRequest start(String id) {
    return CreateInstanceRequest.newBuilder().setInstanceId(id).setName("Sequence").build();
  }

  private static RaiseEventRequest event(String id, String name) {
    return RaiseEventRequest.newBuilder().setInstanceId(id).setName(name).build();
  }

  private static StreamInstanceHistoryRequest history(String id, String executionId) {
    StreamInstanceHistoryRequest.Builder request =
        StreamInstanceHistoryRequest.newBuilder().setInstanceId(id);
    if (!executionId.isEmpty()) {
      request.setExecutionId(StringValue.of(executionId));
    }
    return request.build();
  }

  private static HistoryEvent started(String executionId) {
    return HistoryEvent.newBuilder()
        .setEventId(-1)
        .setExecutionStarted(
            ExecutionStartedEvent.newBuilder()
                .setOrchestrationInstance(
                    OrchestrationInstance.newBuilder()
                        .setInstanceId("a")
                        .setExecutionId(StringValue.of(executionId))))
        .build();
  }

  private static HistoryEvent raised(int id, int bytes) {
    return HistoryEvent.newBuilder()
        .setEventId(id)
        .setEventRaised(
            EventRaisedEvent.newBuilder().setName("Go").setInput(StringValue.of("x".repeat(bytes))))
        .build();
  }

  private static void refused(Code code, String words, Supplier<?> call) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .isThrownBy(call::get)
        .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
        .withMessageContaining(words);
  }
}
