package dev.holdfast.server.http;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole way: HTTP, engine, store and an executor that plays the orchestrators. */
class RealEngineTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final List<String> problems = new CopyOnWriteArrayList<>();
  private final Engine engine =
      new Engine(
          new MemoryStore(),
          new Engine.Settings(
              withIdsUpTo(150),
              2,
              WhenUnserved.WAITS,
              Clocks.of(InstantSource.system(), System::nanoTime),
              new Random(7),
              Set.of()),
          new Problems() {
            @Override
            public void impossible(String what) {
              problems.add(what);
            }

            @Override
            public void warn(String what) {
              problems.add(what);
            }
          },
          problems::add);
  private final TestServer server = TestServer.of(engine.taskHub());

  @BeforeEach
  void start() {
    engine.add(new Player());
    engine.start();
  }

  @AfterEach
  void close() {
    server.close();
    engine.close();
    assertThat(problems).isEmpty();
  }

  @Test
  void a_token_of_a_page_that_is_none_is_told_in_printable_letters() throws IOException {
    HttpResponse<String> refused =
        server.get(DURABLE + "/instances", "x-ms-continuation-token", "G1sySv-A");

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(MAPPER.readTree(refused.body()).get("Message").asText())
        .contains("continuation token '?[2J??'")
        .matches("[ -~]+");
  }

  /** The limit of the hub holds over HTTP as elsewhere, whether or not it is the usual one. */
  @Test
  void an_id_may_be_as_long_as_the_hub_says() {
    String path = DURABLE + "/orchestrators/Flow/";

    assertThat(server.post(path + "x".repeat(150), "1").statusCode()).isEqualTo(202);
    HttpResponse<String> refused = server.post(path + "x".repeat(151), "1");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("151 characters", "150");
    assertThat(server.post(path + "x".repeat(1024), "1").statusCode()).isEqualTo(400);
  }

  private static Limits withIdsUpTo(int characters) {
    Limits usual = Limits.DEFAULT;
    return new Limits(
        characters,
        usual.nameMax(),
        usual.payloadMax(),
        usual.inboxMax(),
        usual.activeInstances(),
        usual.idleInstances(),
        usual.timersInMemory(),
        usual.timerHorizon(),
        usual.inboxDelay(),
        usual.commitDelay(),
        usual.maxEntityOperationBatchSize(),
        usual.historyWarning());
  }

  @Test
  void a_list_is_bounded_in_bytes_and_its_pages_have_everything_once() throws IOException {
    String large = "\"" + "z".repeat(500_000) + "\"";
    for (int i = 0; i < 14; i++) {
      assertThat(server.post(DURABLE + "/orchestrators/Flow/big" + i, large).statusCode())
          .isEqualTo(202);
    }

    List<String> met = new ArrayList<>();
    String token = "";
    do {
      HttpResponse<String> page =
          server.get(DURABLE + "/instances?top=1000", "x-ms-continuation-token", token);
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body().length()).isLessThan(4 << 20);
      MAPPER.readTree(page.body()).forEach(row -> met.add(row.get("instanceId").asText()));
      token = page.headers().firstValue("x-ms-continuation-token").orElse("");
    } while (!token.isEmpty());

    assertThat(met).hasSize(14).doesNotHaveDuplicates();
  }

  /** "Flow" waits for the event "Go" and ends with what it brings; "HelloSequence" fails. */
  private static final class Player implements Executor {
    @Override
    public boolean serves(WorkItem.Kind kind, String name) {
      return kind == WorkItem.Kind.ORCHESTRATOR;
    }

    @Override
    public int places(WorkItem.Kind kind) {
      return 100;
    }

    @Override
    public void execute(List<WorkItem> items, Answers answers) {
      for (WorkItem item : items) {
        WorkItem.Turn turn = (WorkItem.Turn) item;
        answers.answer(new Answer.TurnDone(turn, play(turn)));
      }
    }

    private static OrchestratorResponse play(WorkItem.Turn turn) {
      OrchestratorResponse.Builder response =
          OrchestratorResponse.newBuilder()
              .setInstanceId(turn.instanceId())
              .setCustomStatus(StringValue.of(""));
      CompleteOrchestrationAction.Builder end = CompleteOrchestrationAction.newBuilder();
      if (turn.name().equals("HelloSequence")) {
        end.setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
            .setFailureDetails(
                TaskFailureDetails.newBuilder()
                    .setErrorType("java.lang.IllegalStateException")
                    .setErrorMessage("out of luck"));
      } else {
        HistoryEvent go = event(turn);
        if (go == null) {
          return response.build();
        }
        end.setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
            .setResult(go.getEventRaised().getInput());
      }
      return response
          .addActions(OrchestratorAction.newBuilder().setId(0).setCompleteOrchestration(end))
          .build();
    }

    private static HistoryEvent event(WorkItem.Turn turn) {
      try {
        OrchestratorRequest request = OrchestratorRequest.parseFrom(turn.request());
        List<HistoryEvent> events = new ArrayList<>(request.getPastEventsList());
        events.addAll(request.getNewEventsList());
        return events.stream()
            .filter(event -> event.getEventRaised().getName().equalsIgnoreCase("Go"))
            .findFirst()
            .orElse(null);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private JsonNode status(String id, String query) {
    try {
      return MAPPER.readTree(server.get(DURABLE + "/instances/" + id + query).body());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitStatus(String id, String status) {
    await().until(() -> status(id, "").path("runtimeStatus").asText().equals(status));
  }

  private HttpResponse<String> raise(String id, String body) {
    return server.post(
        DURABLE + "/instances/" + id + "/raiseEvent/Go", body, "Content-Type", "application/json");
  }

  @Test
  void an_instance_lives_its_life_over_http() {
    assertThat(server.post(DURABLE + "/orchestrators/Flow/a", "{\"n\": 1}").statusCode())
        .isEqualTo(202);
    awaitStatus("a", "Running");
    assertThat(server.post(DURABLE + "/orchestrators/Flow/a", "1").statusCode()).isEqualTo(409);
    assertThat(status("a", "").get("customStatus").asText()).isEmpty();
    assertThat(status("a", "").get("input").get("n").asInt()).isEqualTo(1);

    assertThat(server.post(DURABLE + "/instances/a/suspend?reason=x", "").statusCode())
        .isEqualTo(202);
    awaitStatus("a", "Suspended");
    assertThat(server.post(DURABLE + "/instances/a/suspend", "").statusCode()).isEqualTo(500);
    assertThat(raise("a", "[1, 2]").statusCode()).isEqualTo(202);
    assertThat(server.post(DURABLE + "/instances/a/resume", "").statusCode()).isEqualTo(202);
    awaitStatus("a", "Completed");

    JsonNode done = status("a", "?showHistory=true&showHistoryOutput=true");
    assertThat(done.get("output").toString()).isEqualTo("[1,2]");
    assertThat(done.get("historyEvents").findValuesAsText("EventType"))
        .startsWith("ExecutionStarted")
        .contains("EventRaised")
        .endsWith("ExecutionCompleted");
    assertThat(raise("a", "1").statusCode()).isEqualTo(410);
    assertThat(server.send("DELETE", DURABLE + "/instances/a", null).body())
        .isEqualTo("{\"instancesDeleted\":1}");
    assertThat(server.get(DURABLE + "/instances/a").statusCode()).isEqualTo(404);
  }

  @Test
  void what_has_ended_stays_when_a_start_asks_that_nothing_is_replaced() {
    String start = DURABLE + "/orchestrators/Flow/old";
    assertThat(server.post(start + "?replaceEnded=false", "1").statusCode()).isEqualTo(202);
    awaitStatus("old", "Running");
    raise("old", "\"kept\"");
    awaitStatus("old", "Completed");

    HttpResponse<String> refused = server.post(start + "?replaceEnded=false", "2");

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("already exists (Completed)");
    assertThat(status("old", "").get("output").asText()).isEqualTo("kept");
    assertThat(server.post(start, "2").statusCode()).isEqualTo(202);
    awaitStatus("old", "Running");
  }

  @Test
  void a_held_start_is_answered_when_the_instance_ends() {
    CompletableFuture<HttpResponse<String>> reply =
        CompletableFuture.supplyAsync(
            () -> server.post(DURABLE + "/orchestrators/Flow/w?timeout=60", "1"),
            runnable -> new Thread(runnable, "client").start());
    awaitStatus("w", "Running");

    raise("w", "\"done\"");

    assertThat(reply.join().statusCode()).isEqualTo(200);
    assertThat(reply.join().body()).isEqualTo("\"done\"");
  }

  @Test
  void a_failed_instance_tells_why_and_can_be_rewound_or_restarted() {
    server.post(DURABLE + "/orchestrators/HelloSequence/f", "1");
    awaitStatus("f", "Failed");

    assertThat(status("f", "").get("output").asText())
        .isEqualTo("java.lang.IllegalStateException: out of luck");
    assertThat(
            server
                .get(DURABLE + "/instances/f?returnInternalServerErrorOnFailure=true")
                .statusCode())
        .isEqualTo(500);
    assertThat(server.post(DURABLE + "/instances/f/rewind?reason=x", "").statusCode())
        .isEqualTo(202);
    awaitStatus("f", "Failed");
    HttpResponse<String> restarted =
        server.post(DURABLE + "/instances/f/restart?restartWithNewInstanceId=false&timeout=60", "");
    assertThat(restarted.statusCode()).isEqualTo(200);
    assertThat(restarted.body()).contains("\"runtimeStatus\":\"Failed\"");
  }

  @Test
  void what_an_instance_waits_for_is_told() throws IOException {
    server.post(DURABLE + "/orchestrators/Flow/y", "1");
    awaitStatus("y", "Running");

    HttpResponse<String> why = server.get("/runtime/webhooks/holdfast/instances/y/why");

    assertThat(why.statusCode()).isEqualTo(200);
    assertThat(MAPPER.readTree(why.body()).get("summary").asText()).isNotEmpty();
    assertThat(server.get("/runtime/webhooks/holdfast/instances/none/why").statusCode())
        .isEqualTo(404);
  }

  @Test
  void terminated_instances_are_listed_page_by_page_and_purged_together() {
    for (int i = 0; i < 5; i++) {
      server.post(DURABLE + "/orchestrators/Flow/t" + i, "1");
    }
    for (int i = 0; i < 5; i++) {
      assertThat(
              server.post(DURABLE + "/instances/t" + i + "/terminate?reason=over", "").statusCode())
          .isEqualTo(202);
      awaitStatus("t" + i, "Terminated");
    }
    assertThat(status("t0", "").get("output").asText()).isEqualTo("over");

    List<String> seen = new ArrayList<>();
    String token = "";
    do {
      HttpResponse<String> page =
          server.get(
              DURABLE + "/instances?top=2&runtimeStatus=Terminated&instanceIdPrefix=t",
              "x-ms-continuation-token",
              token);
      try {
        seen.addAll(MAPPER.readTree(page.body()).findValuesAsText("instanceId"));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      token = page.headers().firstValue("x-ms-continuation-token").orElseThrow();
    } while (!token.isEmpty());

    assertThat(seen).containsExactlyInAnyOrder("t0", "t1", "t2", "t3", "t4");
    assertThat(
            server.send("DELETE", DURABLE + "/instances?createdTimeFrom=2020-01-01", null).body())
        .isEqualTo("{\"instancesDeleted\":5}");
    assertThat(server.get(DURABLE + "/instances").body()).isEqualTo("[]");
  }

  @Test
  void absurd_ids_are_not_found_or_refused_but_never_a_failure_of_ours() {
    for (String id :
        List.of(
            "%00",
            "a%00b", "..", ".", "%20", "'", "%F0%9F%9A%80", "x".repeat(1024), "@e@k", "%0A")) {
      for (String operation : List.of("", "/terminate", "/suspend", "/rewind", "/restart")) {
        HttpResponse<String> reply =
            operation.isEmpty()
                ? server.get(DURABLE + "/instances/" + id)
                : server.post(DURABLE + "/instances/" + id + operation, "");
        assertThat(reply.statusCode()).as(id + operation).isIn(400, 404);
      }
      assertThat(raise(id, "1").statusCode()).as(id).isIn(400, 404);
      assertThat(server.get("/runtime/webhooks/holdfast/instances/" + id + "/why").statusCode())
          .as(id)
          .isIn(400, 404);
    }
  }

  @Test
  void a_payload_over_the_engines_limit_is_refused_with_the_limit() {
    HttpResponse<String> reply =
        server.post(DURABLE + "/orchestrators/Flow/big", "\"" + "x".repeat(5 << 20) + "\"");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(reply.body()).contains("4194304");
  }

  @Test
  void many_clients_at_once_each_get_their_own() {
    int clients = 8;
    int each = 25;
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int c = 0; c < clients; c++) {
      int client = c;
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < each; i++) {
                  String id = "m" + client + "-" + i;
                  server.post(DURABLE + "/orchestrators/Flow/" + id, "1");
                  raise(id, "\"" + id + "\"");
                  awaitStatus(id, "Completed");
                  assertThat(status(id, "").get("output").asText()).isEqualTo(id);
                }
              },
              runnable -> new Thread(runnable, "client").start()));
    }

    all.forEach(CompletableFuture::join);
  }
}
