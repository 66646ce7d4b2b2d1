package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import dev.holdfast.core.Answer;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.TaskFailureDetails;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything between the hand-over of an item and the first line of user code may fail. */
class BeginningTest {
  private static final String DURABLE =
      "com.microsoft.durabletask.azurefunctions.internal.middleware.OrchestrationMiddleware";

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private final Map<String, Optional<Throwable>> finished = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init")
  private FunctionApp app;

  @BeforeEach
  void open() throws Exception {
    List<Path> jars = TestApps.durable("1.5.0");
    Path classes = TestApps.compile(folder, jars, "BeginApp");
    Path services = folder.resolve("META-INF/services/" + Middleware.class.getName());
    Files.createDirectories(services.getParent());
    Files.writeString(services, DURABLE + "\napp.BeginApp$Doorkeeper\n");
    FunctionLog log =
        new FunctionLog() {
          @Override
          public void say(Entry entry) {}

          @Override
          public boolean wantsInvocations() {
            return true;
          }

          @Override
          public void finished(
              String function,
              String invocation,
              @Nullable Work work,
              Duration took,
              @Nullable Throwable failure) {
            finished.put(function, Optional.ofNullable(failure));
          }
        };
    app = FunctionApp.open(TestApps.source(classes, jars), AppContext.usual().withLog(log));
    assertThat(app.failedFunctions()).isEmpty();
  }

  @AfterEach
  void close() {
    app.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Constructor, java.lang.IllegalStateException, no database",
    "Initialiser, java.lang.ExceptionInInitializerError, ''",
    "Library, java.lang.NoClassDefFoundError, com/example/Missing",
    "Overflow, java.lang.StackOverflowError, ''",
    "Binding, java.lang.IllegalStateException, nowhere",
    "Middleware, java.lang.SecurityException, not you",
    "MiddlewareError, java.lang.AssertionError, not even you"
  })
  void orchestrator_that_cannot_begin_fails_with_the_reason(
      String what, String type, String message) throws Exception {
    String name = what + "Orchestrator";

    CompleteOrchestrationAction end = new HandDriven(app.executor(), name).run(null);

    assertThat(end.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
    TaskFailureDetails reason = innermost(FailureText.seen(end.getFailureDetails()), type);
    assertThat(reason.getErrorType()).isEqualTo(type);
    assertThat(reason.getErrorMessage()).contains(message);
    assertThat(
            FailureText.line(end.getFailureDetails()).contains("the constructor of app.BeginApp"))
        .isEqualTo(List.of("Constructor", "Initialiser", "Library", "Overflow").contains(what));
    assertThat(finished.get(name)).as("what the log says").isPresent();
    assertThat(finished.get(name).orElseThrow().getClass().getName()).isEqualTo(type);
  }

  private static TaskFailureDetails innermost(TaskFailureDetails failure, String type) {
    return failure.getErrorType().equals(type) || !failure.hasInnerFailure()
        ? failure
        : innermost(failure.getInnerFailure(), type);
  }

  @Test
  void activity_that_cannot_begin_fails_with_the_reason() throws Exception {
    HandDriven any = new HandDriven(app.executor(), "any");

    TaskFailureDetails failure = any.activity("ConstructorActivity", "1", 0).getFailureDetails();
    TaskFailureDetails other = any.activity("InitialiserActivity", "1", 1).getFailureDetails();

    assertThat(failure.getErrorMessage()).isEqualTo("no database");
    assertThat(other.getErrorType()).endsWith("Error");
    assertThat(finished.get("ConstructorActivity")).isPresent();
    assertThat(finished.get("InitialiserActivity")).isPresent();
  }

  @Test
  void entity_that_cannot_begin_fails_with_the_reason() throws Exception {
    HandDriven any = new HandDriven(app.executor(), "any");
    HistoryEvent operation =
        HistoryEvent.newBuilder()
            .setEntityOperationSignaled(
                EntityOperationSignaledEvent.newBuilder().setOperation("x").setRequestId("r"))
            .build();

    Answer answer =
        any.answer(
            new WorkItem.EntityBatch(1, "@constructorentity@k", "e", null, List.of(operation)));

    assertThat(((Answer.EntityDone) answer).response().getFailureDetails().getErrorMessage())
        .isEqualTo("no database");
    assertThat(finished.get("ConstructorEntity")).isPresent();
  }

  @Test
  void http_function_that_cannot_begin_answers_500_and_the_log_says_why() throws Exception {
    HttpCall call =
        new HttpCall(
            "GET", URI.create("http://localhost"), Map.of(), Map.of(), Map.of(), new byte[0]);

    HttpReply reply = app.call("ConstructorHttp", call).get(20, TimeUnit.SECONDS);

    assertThat(reply.status()).isEqualTo(500);
    assertThat(finished.get("ConstructorHttp").orElseThrow()).hasMessage("no database");
  }
}
