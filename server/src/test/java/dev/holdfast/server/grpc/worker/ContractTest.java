package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import com.microsoft.durabletask.TaskFailedException;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.CreateTaskHubRequest;
import dev.holdfast.protocol.DeleteTaskHubRequest;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.GetInstanceRequest;
import dev.holdfast.protocol.GetInstanceResponse;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.ListInstanceIdsRequest;
import dev.holdfast.protocol.ListInstanceIdsResponse;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.QueryEntitiesRequest;
import dev.holdfast.protocol.QueryInstancesRequest;
import dev.holdfast.protocol.RaiseEventRequest;
import dev.holdfast.protocol.RestartInstanceRequest;
import dev.holdfast.protocol.ResumeRequest;
import dev.holdfast.protocol.RewindInstanceRequest;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.protocol.SkipGracefulOrchestrationTerminationsRequest;
import dev.holdfast.protocol.StreamInstanceHistoryRequest;
import dev.holdfast.protocol.SuspendRequest;
import dev.holdfast.protocol.TerminateRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc.TaskHubSidecarServiceBlockingStub;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each call answers in each state of its instance, asked of a real engine over a socket. */
@Timeout(120)
class ContractTest {
  private final AtomicInteger failuresLeft = new AtomicInteger();
  private Hosted hosted;
  private TaskHubSidecarServiceBlockingStub stub;

  @BeforeEach
  void start() throws Exception {
    hosted = new Hosted();
    stub = TaskHubSidecarServiceGrpc.newBlockingStub(hosted.channel());
    hosted.worker(
        w ->
            w.orchestrator("Ends", ctx -> ctx.complete("done"))
                .orchestrator("Waits", ctx -> ctx.waitForExternalEvent("Go").await())
                .orchestrator(
                    "Parent",
                    ctx ->
                        ctx.callSubOrchestrator(
                                ctx.getInput(String.class),
                                null,
                                ctx.getInstanceId() + "-child",
                                Void.class)
                            .await())
                .orchestrator(
                    "Shaky", ctx -> ctx.complete(ctx.callActivity("Shaky", String.class).await()))
                .activity(
                    "Shaky",
                    ctx -> {
                      if (failuresLeft.getAndDecrement() > 0) {
                        throw new IllegalStateException("not yet");
                      }
                      return "at last";
                    }));
  }

  @AfterEach
  void stop() throws Exception {
    hosted.close();
    assertThat(hosted.problems).isEmpty();
  }

  private static void refused(Code code, String words, Runnable call) {
    StatusRuntimeException thrown = catchThrowableOfType(StatusRuntimeException.class, call::run);
    assertThat(thrown).as(words).isNotNull();
    assertThat(thrown.getStatus().getCode()).as(thrown.getMessage()).isEqualTo(code);
    assertThat(thrown.getStatus().getDescription()).contains(words);
  }

  private static CreateInstanceRequest.Builder start(String name, String id) {
    return CreateInstanceRequest.newBuilder().setName(name).setInstanceId(id);
  }

  private String begin(CreateInstanceRequest.Builder request) {
    return stub.startInstance(request.build()).getInstanceId();
  }

  private static GetInstanceRequest named(String id) {
    return GetInstanceRequest.newBuilder().setInstanceId(id).setGetInputsAndOutputs(true).build();
  }

  private GetInstanceResponse get(String id) {
    return stub.getInstance(named(id));
  }

  private OrchestrationStatus status(String id) {
    return get(id).getOrchestrationState().getOrchestrationStatus();
  }

  private String ended(String name, String id) {
    begin(start(name, id));
    var unused = stub.waitForInstanceCompletion(named(id));
    return id;
  }

  private String waiting(String id) {
    begin(start("Waits", id));
    var unused = stub.waitForInstanceStart(named(id));
    return id;
  }

  private static OrchestrationIdReusePolicy replaces(OrchestrationStatus... statuses) {
    return OrchestrationIdReusePolicy.newBuilder()
        .addAllReplaceableStatus(List.of(statuses))
        .build();
  }

  @Test
  void an_id_is_taken_again_as_its_state_and_the_policy_allow() {
    waiting("live");
    ended("Ends", "over");
    OrchestrationStatus running = OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING;
    OrchestrationStatus terminated = OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED;
    String first = get("live").getOrchestrationState().getExecutionId().getValue();

    refused(Code.ALREADY_EXISTS, "live", () -> begin(start("Ends", "live")));
    refused(
        Code.ALREADY_EXISTS,
        "live",
        () -> begin(start("Ends", "live").setOrchestrationIdReusePolicy(replaces(terminated))));
    refused(
        Code.ALREADY_EXISTS,
        "over",
        () -> begin(start("Ends", "over").setOrchestrationIdReusePolicy(replaces())));
    assertThat(begin(start("Ends", "over"))).isEqualTo("over");
    begin(start("Waits", "live").setOrchestrationIdReusePolicy(replaces(running, terminated)));

    assertThat(get("live").getOrchestrationState().getExecutionId().getValue())
        .matches("[0-9a-f]{32}")
        .isNotEqualTo(first);
    refused(Code.INVALID_ARGUMENT, "@", () -> begin(start("Ends", "@a@b")));
    refused(Code.INVALID_ARGUMENT, "100", () -> begin(start("Ends", "x".repeat(101))));
    assertThat(begin(start("Ends", ""))).isNotEmpty();
  }

  @Test
  void messages_to_what_is_missing_or_over() {
    ended("Ends", "over");
    assertThat(get("no").getExists()).isFalse();
    assertThat(get("no").hasOrchestrationState()).isFalse();

    for (String id : new String[] {"no", "over"}) {
      var unused =
          stub.raiseEvent(RaiseEventRequest.newBuilder().setInstanceId(id).setName("Go").build());
    }
    TerminateRequest.Builder terminate = TerminateRequest.newBuilder();
    SuspendRequest.Builder suspend = SuspendRequest.newBuilder();
    ResumeRequest.Builder resume = ResumeRequest.newBuilder();
    List<Runnable> missing =
        List.of(
            () -> stub.terminateInstance(terminate.setInstanceId("no").build()),
            () -> stub.suspendInstance(suspend.setInstanceId("no").build()),
            () -> stub.resumeInstance(resume.setInstanceId("no").build()));
    missing.forEach(call -> refused(Code.NOT_FOUND, "no", call));
    var first = stub.terminateInstance(terminate.setInstanceId("over").build());
    var second = stub.suspendInstance(suspend.setInstanceId("over").build());
    var third = stub.resumeInstance(resume.setInstanceId("over").build());

    assertThat(List.of(first, second, third)).hasSize(3);
    assertThat(status("over")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
  }

  @Test
  void suspending_and_resuming_twice_is_as_good_as_once() {
    waiting("a");
    SuspendRequest suspend = SuspendRequest.newBuilder().setInstanceId("a").build();
    ResumeRequest resume = ResumeRequest.newBuilder().setInstanceId("a").build();

    for (int i = 0; i < 2; i++) {
      var unused = stub.suspendInstance(suspend);
      assertThat(status("a")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED);
    }
    for (int i = 0; i < 2; i++) {
      var unused = stub.resumeInstance(resume);
      assertThat(status("a")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    }
    var suspended = stub.suspendInstance(suspend);
    var ended =
        stub.terminateInstance(
            TerminateRequest.newBuilder()
                .setInstanceId("a")
                .setOutput(StringValue.of("\"enough\""))
                .build());

    assertThat(suspended).isNotNull();
    assertThat(ended).isNotNull();
    assertThat(status("a")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
    assertThat(get("a").getOrchestrationState().getOutput().getValue()).isEqualTo("\"enough\"");
  }

  @Test
  void a_failed_instance_is_rewound_as_often_as_it_takes() {
    RewindInstanceRequest.Builder rewind = RewindInstanceRequest.newBuilder();
    refused(Code.NOT_FOUND, "no", () -> stub.rewindInstance(rewind.setInstanceId("no").build()));
    waiting("live");
    refused(
        Code.FAILED_PRECONDITION,
        "live",
        () -> stub.rewindInstance(rewind.setInstanceId("live").build()));
    failuresLeft.set(2);
    ended("Shaky", "s");

    for (int i = 0; i < 2; i++) {
      assertThat(status("s")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
      assertThat(get("s").getOrchestrationState().getFailureDetails().getErrorType())
          .isEqualTo(TaskFailedException.class.getName());
      var unused = stub.rewindInstance(rewind.setInstanceId("s").build());
      var end = stub.waitForInstanceCompletion(named("s"));
      assertThat(end.getExists()).isTrue();
    }

    assertThat(status("s")).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    assertThat(get("s").getOrchestrationState().hasFailureDetails()).isFalse();
    refused(
        Code.FAILED_PRECONDITION,
        "s",
        () -> stub.rewindInstance(rewind.setInstanceId("s").build()));
  }

  @Test
  void a_restart_takes_the_same_id_only_from_what_is_over() {
    RestartInstanceRequest.Builder again = RestartInstanceRequest.newBuilder();
    refused(Code.NOT_FOUND, "no", () -> stub.restartInstance(again.setInstanceId("no").build()));
    waiting("live");
    refused(
        Code.FAILED_PRECONDITION,
        "already exists",
        () -> stub.restartInstance(again.setInstanceId("live").build()));
    begin(start("Ends", "over").setInput(StringValue.of("\"in\"")).putTags("who", "me"));
    var unused = stub.waitForInstanceCompletion(named("over"));

    String fresh =
        stub.restartInstance(again.setInstanceId("live").setRestartWithNewInstanceId(true).build())
            .getInstanceId();
    assertThat(fresh).isNotEqualTo("live");
    assertThat(
            stub.restartInstance(RestartInstanceRequest.newBuilder().setInstanceId("over").build())
                .getInstanceId())
        .isEqualTo("over");
    var state = stub.waitForInstanceCompletion(named("over")).getOrchestrationState();
    assertThat(state.getInput().getValue()).isEqualTo("\"in\"");
    assertThat(state.getTagsMap()).containsEntry("who", "me");
  }

  private int purge(PurgeInstancesRequest.Builder request) {
    var answer = stub.purgeInstances(request.build());
    assertThat(answer.getIsComplete().getValue()).isTrue();
    return answer.getDeletedInstanceCount();
  }

  @Test
  void a_purge_counts_what_was_over_and_takes_children_along_when_told() {
    waiting("live");
    ended("Ends", "a");
    ended("Ends", "b");
    begin(start("Parent", "p").setInput(StringValue.of("\"Ends\"")));
    var unused = stub.waitForInstanceCompletion(named("p"));
    PurgeInstancesRequest.Builder one = PurgeInstancesRequest.newBuilder();

    assertThat(purge(one.setInstanceId("no"))).isZero();
    assertThat(purge(one.setInstanceId("live"))).isZero();
    assertThat(
            purge(
                PurgeInstancesRequest.newBuilder()
                    .setInstanceBatch(
                        InstanceBatch.newBuilder()
                            .addAllInstanceIds(List.of("a", "no", "live", "b")))))
        .isEqualTo(2);
    assertThat(purge(one.setInstanceId("p").setRecursive(true))).isEqualTo(2);
    assertThat(purge(one.setInstanceId("p").setRecursive(true))).isZero();
    assertThat(get("p-child").getExists()).isFalse();
    assertThat(get("live").getExists()).isTrue();
    refused(
        Code.INVALID_ARGUMENT,
        "500",
        () ->
            purge(
                PurgeInstancesRequest.newBuilder()
                    .setInstanceBatch(InstanceBatch.newBuilder().addAllInstanceIds(ids(501)))));
    refused(
        Code.NOT_FOUND,
        "'a'",
        () -> {
          var unusedHistory =
              stub.streamInstanceHistory(
                      StreamInstanceHistoryRequest.newBuilder().setInstanceId("a").build())
                  .hasNext();
        });
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(it -> "i" + it).toList();
  }

  @Test
  void who_ends_a_parent_ends_its_children_when_told() {
    for (String id : new String[] {"alone", "all"}) {
      begin(start("Parent", id).setInput(StringValue.of("\"Waits\"")));
      await().until(() -> get(id + "-child").getExists());
      var unused =
          stub.terminateInstance(
              TerminateRequest.newBuilder()
                  .setInstanceId(id)
                  .setRecursive(id.equals("all"))
                  .build());
      assertThat(status(id)).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
    }

    await()
        .untilAsserted(
            () ->
                assertThat(status("all-child"))
                    .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED));
    assertThat(status("alone-child"))
        .isNotEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
  }

  @Test
  void ids_of_what_is_over_come_in_pages_and_none_twice() {
    waiting("live");
    ids(5).forEach(id -> ended("Ends", id));
    List<String> seen = new ArrayList<>();
    ListInstanceIdsRequest.Builder request = ListInstanceIdsRequest.newBuilder().setPageSize(2);
    ListInstanceIdsResponse page;
    do {
      page = stub.listInstanceIds(request.build());
      seen.addAll(page.getInstanceIdsList());
      request.setLastInstanceKey(page.getLastInstanceKey());
    } while (page.hasLastInstanceKey());

    assertThat(seen).containsExactlyInAnyOrderElementsOf(ids(5));
    refused(
        Code.INVALID_ARGUMENT,
        "continuation token",
        () ->
            stub.listInstanceIds(
                ListInstanceIdsRequest.newBuilder()
                    .setLastInstanceKey(StringValue.of("not ours"))
                    .build()));
  }

  @Test
  void a_page_that_is_full_and_the_last_has_no_key_and_others_name_their_last_instance() {
    ids(4).forEach(id -> ended("Ends", id));

    ListInstanceIdsRequest half = ListInstanceIdsRequest.newBuilder().setPageSize(2).build();
    ListInstanceIdsResponse first = stub.listInstanceIds(half);
    ListInstanceIdsResponse last =
        stub.listInstanceIds(
            half.toBuilder().setLastInstanceKey(first.getLastInstanceKey()).build());

    assertThat(first.getLastInstanceKey().getValue()).contains(first.getInstanceIds(1));
    assertThat(last.getInstanceIdsList()).hasSize(2);
    assertThat(last.hasLastInstanceKey()).isFalse();
  }

  @Test
  void terminations_that_skip_grace_tell_who_was_not_terminated() {
    waiting("a");
    waiting("b");
    ended("Ends", "over");
    SkipGracefulOrchestrationTerminationsRequest.Builder skip =
        SkipGracefulOrchestrationTerminationsRequest.newBuilder();

    var left =
        stub.skipGracefulOrchestrationTerminations(
            skip.setReason(StringValue.of("\"now\""))
                .setInstanceBatch(
                    InstanceBatch.newBuilder()
                        .addAllInstanceIds(List.of("a", "no", "over", "@e@1", "b")))
                .build());

    assertThat(left.getUnterminatedInstanceIdsList()).containsExactly("no", "over", "@e@1");
    for (String id : new String[] {"a", "b"}) {
      assertThat(status(id)).isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
      assertThat(get(id).getOrchestrationState().getOutput().getValue())
          .isEqualTo("\"\\\"now\\\"\"");
    }
    refused(
        Code.INVALID_ARGUMENT,
        "500",
        () ->
            stub.skipGracefulOrchestrationTerminations(
                skip.setInstanceBatch(InstanceBatch.newBuilder().addAllInstanceIds(ids(501)))
                    .build()));
  }

  private int instances() {
    return stub.queryInstances(
            QueryInstancesRequest.newBuilder()
                .setQuery(InstanceQuery.newBuilder().setMaxInstanceCount(1_000))
                .build())
        .getOrchestrationStateCount();
  }

  private int entities() {
    return stub.queryEntities(
            QueryEntitiesRequest.newBuilder()
                .setQuery(EntityQuery.newBuilder().setIncludeTransient(true))
                .build())
        .getEntitiesCount();
  }

  @Test
  void a_hub_is_made_once_made_anew_and_deleted() {
    waiting("live");
    begin(start("NobodyServesThis", "pending"));
    begin(start("Parent", "p").setInput(StringValue.of("\"Waits\"")));
    await().until(() -> get("p-child").getExists());
    for (int i = 0; i < 600; i++) {
      begin(start("Ends", "i" + i));
    }
    var same = stub.createTaskHub(CreateTaskHubRequest.getDefaultInstance());
    assertThat(same).isNotNull();
    assertThat(get("live").getExists()).isTrue();

    var asked =
        stub.signalEntity(
            SignalEntityRequest.newBuilder().setInstanceId("@counter@a").setName("add").build());
    assertThat(asked).isNotNull();
    assertThat(entities()).isEqualTo(1);

    var anew =
        stub.createTaskHub(CreateTaskHubRequest.newBuilder().setRecreateIfExists(true).build());
    assertThat(anew).isNotNull();
    assertThat(instances()).isZero();
    assertThat(entities()).isZero();
    assertThat(hosted.problems).hasSize(1).first().asString().contains("add", "was removed");
    hosted.problems.clear();
    assertThat(get("live").getExists()).isFalse();

    ended("Ends", "afterwards");
    var deleted = stub.deleteTaskHub(DeleteTaskHubRequest.getDefaultInstance());
    assertThat(deleted).isNotNull();
    assertThat(instances()).isZero();
    ended("Ends", "and-again");
    assertThat(instances()).isEqualTo(1);
  }
}
