package dev.holdfast.server.http.durable;

import static dev.holdfast.server.http.TestServer.DURABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.holdfast.protocol.EventRaisedEvent;
import dev.holdfast.protocol.EventSentEvent;
import dev.holdfast.protocol.ExecutionCompletedEvent;
import dev.holdfast.protocol.ExecutionResumedEvent;
import dev.holdfast.protocol.ExecutionRewoundEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.ExecutionSuspendedEvent;
import dev.holdfast.protocol.ExecutionTerminatedEvent;
import dev.holdfast.protocol.GenericEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorCompletedEvent;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceCompletedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceCreatedEvent;
import dev.holdfast.protocol.SubOrchestrationInstanceFailedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskFailedEvent;
import dev.holdfast.protocol.TaskFailureDetails;
import dev.holdfast.protocol.TaskScheduledEvent;
import dev.holdfast.protocol.TimerCreatedEvent;
import dev.holdfast.protocol.TimerFiredEvent;
import dev.holdfast.protocol.TraceContext;
import dev.holdfast.server.http.TestServer;
import dev.holdfast.server.json.JsonWriter;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static HistoryEvent.Builder event(int id, int nanos) {
    return HistoryEvent.newBuilder()
        .setEventId(id)
        .setTimestamp(Timestamp.newBuilder().setSeconds(1_772_359_200).setNanos(nanos));
  }

  private static StringValue text(String value) {
    return StringValue.of(value);
  }

  private static String json(
      boolean input, boolean output, boolean inputsOfTasks, HistoryEvent... events) {
    JsonWriter json = new JsonWriter();
    HistoryJson history = new HistoryJson(json, List.of(events), input, output, inputsOfTasks);
    while (history.next()) {
      // One event was written.
    }
    return json.toString();
  }

  private static String all(HistoryEvent.Builder event) {
    return json(true, true, true, event.build());
  }

  private static final HistoryEvent SCHEDULED =
      event(0, 300_000_000)
          .setTaskScheduled(
              TaskScheduledEvent.newBuilder()
                  .setName("Capitalize")
                  .setVersion(text("1"))
                  .setInput(text("\"Tokyo\"")))
          .build();

  private static final HistoryEvent DONE =
      event(-1, 900_000_000)
          .setTaskCompleted(
              TaskCompletedEvent.newBuilder()
                  .setTaskScheduledId(0)
                  .setResult(text("\"\\\"TOKYO\\\"\"")))
          .build();

  @Test
  void attempts_under_one_id_are_told_apart() {
    HistoryEvent failed =
        event(-1, 400_000_000)
            .setTaskFailed(
                TaskFailedEvent.newBuilder()
                    .setTaskScheduledId(0)
                    .setFailureDetails(TaskFailureDetails.newBuilder().setErrorMessage("down")))
            .build();
    HistoryEvent again =
        SCHEDULED.toBuilder().setTimestamp(event(0, 500_000_000).getTimestamp()).build();

    assertThat(json(true, true, true, SCHEDULED, failed, again))
        .contains("\"EventType\":\"TaskFailed\"")
        .contains("\"ScheduledTime\":\"2026-03-01T10:00:00.3Z\"")
        .containsOnlyOnce("\"EventType\":\"TaskScheduled\"")
        .contains("\"Timestamp\":\"2026-03-01T10:00:00.5Z\"");
    assertThat(json(true, true, true, SCHEDULED, failed, again, DONE))
        .doesNotContain("\"EventType\":\"TaskScheduled\"")
        .contains("\"ScheduledTime\":\"2026-03-01T10:00:00.3Z\"")
        .contains("\"ScheduledTime\":\"2026-03-01T10:00:00.5Z\"");
  }

  @Test
  void a_whole_history_as_the_reference_shows_it() {
    String shown =
        json(
            true,
            true,
            false,
            event(-1, 0)
                .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())
                .build(),
            event(-1, 123_456_700)
                .setExecutionStarted(
                    ExecutionStartedEvent.newBuilder().setName("Cities").setVersion(text("1")))
                .build(),
            SCHEDULED,
            event(-1, 0)
                .setOrchestratorCompleted(OrchestratorCompletedEvent.getDefaultInstance())
                .build(),
            DONE,
            event(1, 1_000)
                .setExecutionCompleted(
                    ExecutionCompletedEvent.newBuilder()
                        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
                        .setResult(text("\"\\\"TOKYO\\\"\"")))
                .build());

    assertThat(shown)
        .isEqualTo(
            "[{\"EventType\":\"ExecutionStarted\",\"Correlation\":null,\"ScheduledStartTime\":null,"
                + "\"Generation\":0,\"ParentTraceContext\":null,\"Input\":null,"
                + "\"Timestamp\":\"2026-03-01T10:00:00.1234567Z\",\"FunctionName\":\"Cities\"},"
                + "{\"EventType\":\"TaskCompleted\",\"Result\":\"\\\"TOKYO\\\"\","
                + "\"Timestamp\":\"2026-03-01T10:00:00.9Z\","
                + "\"ScheduledTime\":\"2026-03-01T10:00:00.3Z\",\"FunctionName\":\"Capitalize\","
                + "\"Input\":null},"
                + "{\"EventType\":\"ExecutionCompleted\",\"OrchestrationStatus\":\"Completed\","
                + "\"Result\":\"\\\"TOKYO\\\"\",\"FailureDetails\":null,"
                + "\"Timestamp\":\"2026-03-01T10:00:00.000001Z\"}]");
  }

  @Test
  void what_has_no_outcome_yet_stays_as_it_was_asked_for() {
    assertThat(json(true, true, true, SCHEDULED))
        .isEqualTo(
            "[{\"EventType\":\"TaskScheduled\",\"Name\":\"Capitalize\","
                + "\"Input\":\"\\\"Tokyo\\\"\",\"ParentTraceContext\":null,\"Tags\":null,"
                + "\"Timestamp\":\"2026-03-01T10:00:00.3Z\"}]");
    assertThat(
            all(
                event(1, 0)
                    .setSubOrchestrationInstanceCreated(
                        SubOrchestrationInstanceCreatedEvent.newBuilder()
                            .setName("Child")
                            .setInstanceId("c")
                            .putTags("b", "2")
                            .putTags("a", "1"))))
        .isEqualTo(
            "[{\"EventType\":\"SubOrchestrationInstanceCreated\",\"Name\":\"Child\","
                + "\"InstanceId\":\"c\",\"Input\":null,\"ClientSpanId\":null,"
                + "\"Tags\":{\"a\":\"1\",\"b\":\"2\"},\"Timestamp\":\"2026-03-01T10:00:00Z\"}]");
  }

  @Test
  void results_and_inputs_are_shown_only_if_asked_for() {
    assertThat(json(false, false, true, SCHEDULED, DONE))
        .isEqualTo(
            "[{\"EventType\":\"TaskCompleted\",\"Timestamp\":\"2026-03-01T10:00:00.9Z\","
                + "\"ScheduledTime\":\"2026-03-01T10:00:00.3Z\",\"FunctionName\":\"Capitalize\"}]");
    assertThat(json(true, false, true, SCHEDULED, DONE))
        .contains("\"Input\":\"\\\"Tokyo\\\"\"}")
        .doesNotContain("Result");
    assertThat(
            json(
                false,
                true,
                true,
                event(-1, 0)
                    .setEventRaised(EventRaisedEvent.newBuilder().setName("E").setInput(text("1")))
                    .build()))
        .doesNotContain("Input");
  }

  @Test
  void a_failure_tells_all_it_knows() {
    TaskFailureDetails failure =
        TaskFailureDetails.newBuilder()
            .setErrorType("java.io.IOException")
            .setErrorMessage("no")
            .setStackTrace(text("at x"))
            .setInnerFailure(
                TaskFailureDetails.newBuilder().setErrorType("T").setErrorMessage("inner"))
            .setIsNonRetriable(true)
            .putProperties("code", Value.newBuilder().setNumberValue(7).build())
            .putProperties("ratio", Value.newBuilder().setNumberValue(0.5).build())
            .build();
    String details =
        "\"FailureDetails\":{\"ErrorType\":\"java.io.IOException\",\"ErrorMessage\":\"no\","
            + "\"StackTrace\":\"at x\",\"InnerFailure\":{\"ErrorType\":\"T\","
            + "\"ErrorMessage\":\"inner\",\"StackTrace\":null,\"InnerFailure\":null,"
            + "\"IsNonRetriable\":false,\"Properties\":null},\"IsNonRetriable\":true,"
            + "\"Properties\":{\"code\":7,\"ratio\":0.5}}";

    assertThat(
            json(
                true,
                true,
                false,
                SCHEDULED,
                event(-1, 0)
                    .setTaskFailed(
                        TaskFailedEvent.newBuilder()
                            .setTaskScheduledId(0)
                            .setFailureDetails(failure))
                    .build()))
        .isEqualTo(
            "[{\"EventType\":\"TaskFailed\",\"Reason\":\"no\",\"Details\":\"at x\","
                + details
                + ",\"Timestamp\":\"2026-03-01T10:00:00Z\","
                + "\"ScheduledTime\":\"2026-03-01T10:00:00.3Z\",\"FunctionName\":\"Capitalize\","
                + "\"Input\":null}]");
    assertThat(
            all(
                event(-1, 0)
                    .setExecutionCompleted(
                        ExecutionCompletedEvent.newBuilder()
                            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
                            .setFailureDetails(failure))))
        .isEqualTo(
            "[{\"EventType\":\"ExecutionCompleted\",\"OrchestrationStatus\":\"Failed\","
                + "\"Result\":null,"
                + details
                + ",\"Timestamp\":\"2026-03-01T10:00:00Z\"}]");
  }

  @Test
  void a_sub_orchestration_and_its_outcome_are_one_event() {
    HistoryEvent created =
        event(4, 0)
            .setSubOrchestrationInstanceCreated(
                SubOrchestrationInstanceCreatedEvent.newBuilder()
                    .setName("Child")
                    .setInput(text("1")))
            .build();

    assertThat(
            json(
                true,
                true,
                true,
                created,
                event(-1, 100)
                    .setSubOrchestrationInstanceCompleted(
                        SubOrchestrationInstanceCompletedEvent.newBuilder()
                            .setTaskScheduledId(4)
                            .setResult(text("[1]")))
                    .build()))
        .isEqualTo(
            "[{\"EventType\":\"SubOrchestrationInstanceCompleted\",\"Result\":[1],"
                + "\"Timestamp\":\"2026-03-01T10:00:00.0000001Z\","
                + "\"ScheduledTime\":\"2026-03-01T10:00:00Z\",\"FunctionName\":\"Child\","
                + "\"Input\":\"1\"}]");
    assertThat(
            json(
                true,
                true,
                true,
                created,
                event(-1, 0)
                    .setSubOrchestrationInstanceFailed(
                        SubOrchestrationInstanceFailedEvent.newBuilder().setTaskScheduledId(4))
                    .build()))
        .isEqualTo(
            "[{\"EventType\":\"SubOrchestrationInstanceFailed\",\"Reason\":null,\"Details\":null,"
                + "\"FailureDetails\":null,\"Timestamp\":\"2026-03-01T10:00:00Z\","
                + "\"ScheduledTime\":\"2026-03-01T10:00:00Z\",\"FunctionName\":\"Child\","
                + "\"Input\":\"1\"}]");
  }

  @Test
  void the_other_kinds() {
    Timestamp fireAt = Timestamp.newBuilder().setSeconds(1_772_359_260).build();
    String end = ",\"Timestamp\":\"2026-03-01T10:00:00Z\"}]";
    String at = "\"FireAt\":\"2026-03-01T10:01:00Z\"";

    assertThat(all(event(1, 0).setTimerCreated(TimerCreatedEvent.newBuilder().setFireAt(fireAt))))
        .isEqualTo("[{\"EventType\":\"TimerCreated\"," + at + end);
    assertThat(
            all(
                event(-1, 0)
                    .setTimerFired(TimerFiredEvent.newBuilder().setFireAt(fireAt).setTimerId(1))))
        .isEqualTo("[{\"EventType\":\"TimerFired\"," + at + end);
    assertThat(
            all(
                event(-1, 0)
                    .setEventRaised(
                        EventRaisedEvent.newBuilder().setName("Go").setInput(text("{\"a\":1}")))))
        .isEqualTo(
            "[{\"EventType\":\"EventRaised\",\"Name\":\"Go\",\"Input\":\"{\\\"a\\\":1}\","
                + "\"ParentTraceContext\":null"
                + end);
    assertThat(
            all(
                event(2, 0)
                    .setEventSent(EventSentEvent.newBuilder().setInstanceId("b").setName("Go"))))
        .isEqualTo(
            "[{\"EventType\":\"EventSent\",\"InstanceId\":\"b\",\"Name\":\"Go\",\"Input\":null"
                + end);
    assertThat(
            all(
                event(-1, 0)
                    .setExecutionSuspended(
                        ExecutionSuspendedEvent.newBuilder().setInput(text("r")))))
        .isEqualTo("[{\"EventType\":\"ExecutionSuspended\",\"Reason\":\"r\"" + end);
    assertThat(all(event(-1, 0).setExecutionResumed(ExecutionResumedEvent.getDefaultInstance())))
        .isEqualTo("[{\"EventType\":\"ExecutionResumed\",\"Reason\":null" + end);
    assertThat(
            all(
                event(-1, 0)
                    .setExecutionTerminated(
                        ExecutionTerminatedEvent.newBuilder().setInput(text("r")))))
        .isEqualTo("[{\"EventType\":\"ExecutionTerminated\",\"Input\":\"r\"" + end);
    assertThat(
            all(
                event(-1, 0)
                    .setExecutionRewound(
                        ExecutionRewoundEvent.newBuilder()
                            .setReason(text("r"))
                            .setInstanceId(text("i")))))
        .isEqualTo(
            "[{\"EventType\":\"ExecutionRewound\",\"Reason\":\"r\",\"ParentExecutionId\":null,"
                + "\"InstanceId\":\"i\""
                + end);
    assertThat(all(event(-1, 0).setGenericEvent(GenericEvent.newBuilder().setData(text("d")))))
        .isEqualTo("[{\"EventType\":\"GenericEvent\",\"Data\":\"d\"" + end);
  }

  @Test
  void a_start_tells_where_it_came_from() {
    assertThat(
            all(
                event(-1, 0)
                    .setExecutionStarted(
                        ExecutionStartedEvent.newBuilder()
                            .setName("F")
                            .setInput(text("1"))
                            .setScheduledStartTimestamp(Timestamp.newBuilder().setSeconds(60))
                            .setParentTraceContext(
                                TraceContext.newBuilder().setTraceParent("00-1-2-01")))))
        .isEqualTo(
            "[{\"EventType\":\"ExecutionStarted\",\"Correlation\":null,"
                + "\"ScheduledStartTime\":\"1970-01-01T00:01:00Z\",\"Generation\":0,"
                + "\"ParentTraceContext\":{\"TraceParent\":\"00-1-2-01\",\"TraceState\":null},"
                + "\"Input\":\"1\",\"Timestamp\":\"2026-03-01T10:00:00Z\",\"FunctionName\":\"F\"}]");
  }

  @Test
  void a_long_history_is_sent_while_it_is_written_and_arrives_whole() throws IOException {
    List<HistoryEvent> events = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      events.add(
          event(i, 0)
              .setEventRaised(
                  EventRaisedEvent.newBuilder().setName("E" + i).setInput(text("\"é\"".repeat(20))))
              .build());
    }
    try (TestServer server = new TestServer()) {
      server.hub.put("a", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
      server.hub.putHistory("a", events);

      HttpResponse<String> reply = server.get(DURABLE + "/instances/a?showHistory=true");

      assertThat(reply.headers().firstValue("Content-Length")).isEmpty();
      JsonNode told = new ObjectMapper().readTree(reply.body()).get("historyEvents");
      assertThat(told).hasSize(5_000);
      assertThat(told.get(4_999).get("Name").asText()).isEqualTo("E4999");
      assertThat(server.send("HEAD", DURABLE + "/instances/a?showHistory=true", null).body())
          .isEmpty();
    }
  }

  @Test
  void history_comes_with_the_status_only_if_asked_for() {
    try (TestServer server = new TestServer()) {
      server.hub.put("a", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
      server.hub.putHistory("a", List.of(SCHEDULED, DONE));

      assertThat(server.get(DURABLE + "/instances/a").body()).doesNotContain("historyEvents");
      assertThat(server.get(DURABLE + "/instances/a?showHistory=true").body())
          .contains(
              "\"lastUpdatedTime\":\"2026-03-01T10:00:01Z\",\"historyEvents\":[{\"EventType\"")
          .doesNotContain("Result");
      assertThat(
              server
                  .get(DURABLE + "/instances/a?showHistory=TRUE&showHistoryOutput=true&showInput=x")
                  .body())
          .contains("\"Result\":\"\\\"TOKYO\\\"\"")
          .contains("\"Input\":null");
    }
  }
}
