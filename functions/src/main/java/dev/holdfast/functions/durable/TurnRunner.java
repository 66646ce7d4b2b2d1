package dev.holdfast.functions.durable;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.Value;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.FailureText;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Versioning;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.protocol.CompleteOrchestrationAction;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs one turn through the app's durable middleware: the middleware takes the request as base64
 * text and returns the response as base64 text.
 *
 * <p>The client libraries also have a form for byte arrays, which would save the encoding (about a
 * microsecond for a small history); but a call of that form would bypass other middleware of the
 * app.
 */
final class TurnRunner {

  private static final int NO_ID = -1;

  /** Newer client libraries look in this property for the default version of sub-orchestrations. */
  private static final String DEFAULT_VERSION = "defaultVersion";

  private final FunctionLog log;
  private final Awaiting awaiting;
  private final Versioning versioning;
  private final ReplayChecks checks;

  /**
   * Holds the properties that are appended to every request; protobuf reads fields in any order.
   */
  private final ByteString properties;

  /**
   * Creates a runner for the turns of one app.
   *
   * @param sameBuildSince the supplier that {@link dev.holdfast.functions.context.Past} describes
   */
  TurnRunner(FunctionLog log, Versioning versioning, LongSupplier sameBuildSince) {
    this.checks = new ReplayChecks(sameBuildSince);
    this.log = log;
    this.awaiting = new Awaiting(log);
    this.versioning = versioning;
    OrchestratorRequest.Builder own = OrchestratorRequest.newBuilder();
    if (versioning.own() != null) {
      own.putProperties(
          DEFAULT_VERSION, Value.newBuilder().setStringValue(versioning.own()).build());
    }
    this.properties = own.build().toByteString();
  }

  /**
   * Runs the turn on the calling thread, which must be the thread of {@code task}. If the turn
   * takes too long, its instance is blocked, because the next attempt would take as long.
   */
  Answer run(WorkItem.Turn turn, FunctionPlan plan, ItemTask task) {
    if (!versioning.matches(turn.version())) {
      return new Answer.TurnDone(turn, otherVersion(turn));
    }
    byte[] request = turn.request().concat(properties).toByteArray();
    Wire value = new Wire.Text(Base64.getEncoder().encodeToString(request));
    Invocation invocation =
        plan.begin(TriggerInput.of(value), FunctionLog.Work.of(turn.instanceId()));
    TurnWatch watch = checks.begin(turn, request);
    invocation.watch(watch);
    Narration narration = Narration.begin(log, invocation);
    TimeLimit.Run timed =
        task.begin(
            RunLimits.Kind.TURN,
            late -> {
              narration.end(late);
              return task.answerToGivenUp(late);
            });
    OrchestratorResponse response;
    Throwable failure;
    try (timed) {
      plan.run(invocation);
      timed.end();
      response = response(turn, invocation);
      failure = failureOf(response, invocation);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      failure = timed.failure(Failures.unwrapped(e));
      response = failed(turn, failure);
    }
    Exception stopped = timed.stopped();
    if (stopped != null) {
      if (!timed.isGivenUp()) {
        narration.end(stopped);
      }
      return task.stopped(stopped);
    }
    Blocked block = watch.verdict(turn);
    if (block != null) {
      narration.end(new IllegalStateException(block.words()));
      return new Answer.Blocked(turn, block);
    }
    checks.done(turn, watch, ends(response));
    narration.end(failure);
    return failure == null
        ? awaiting.noted(turn, plan, value, invocation, response)
        : new Answer.TurnDone(turn, response);
  }

  /** Returns whether the orchestration ends or continues as new with this response. */
  static boolean ends(OrchestratorResponse response) {
    for (int i = response.getActionsCount() - 1; i >= 0; i--) {
      if (response.getActions(i).hasCompleteOrchestration()) {
        return true;
      }
    }
    return false;
  }

  private OrchestratorResponse response(WorkItem.Turn turn, Invocation invocation) {
    if (!(invocation.getReturnValue() instanceof String text)) {
      throw new IllegalStateException(
          "The orchestrator '"
              + turn.name()
              + "' gave no response: the durable middleware did not run, or another one replaced"
              + " its result. Check the app's Middleware services.");
    }
    OrchestratorResponse response;
    try {
      response = OrchestratorResponse.parseFrom(Base64.getDecoder().decode(text));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "The orchestrator '" + turn.name() + "' gave a response that cannot be read.", e);
    }
    response = withVersions(response);
    int completion = failedCompletion(response);
    Throwable thrown = invocation.userFailure();
    return completion < 0 || thrown == null
        ? response
        : withCause(response, completion, thrown, invocation.unmade());
  }

  /**
   * Gives the app's own version to sub-orchestrations without a version; older libraries never set
   * one.
   */
  private OrchestratorResponse withVersions(OrchestratorResponse response) {
    String own = versioning.own();
    if (own == null) {
      return response;
    }
    OrchestratorResponse.Builder changed = response.toBuilder();
    for (int i = 0; i < response.getActionsCount(); i++) {
      OrchestratorAction action = response.getActions(i);
      if (action.hasCreateSubOrchestration() && !action.getCreateSubOrchestration().hasVersion()) {
        changed
            .getActionsBuilder(i)
            .getCreateSubOrchestrationBuilder()
            .setVersion(StringValue.of(own));
      }
    }
    return changed.build();
  }

  // The middleware hides the exception of user code. The response keeps the exception beside the
  // library's text, in a field of this project's own, so that people can see it, while the output
  // and the values that user code gets stay the same as in Azure Functions.
  private static OrchestratorResponse withCause(
      OrchestratorResponse response, int completion, Throwable thrown, @Nullable String unmade) {
    OrchestratorAction action = response.getActions(completion);
    TaskFailureDetails told = action.getCompleteOrchestration().getFailureDetails();
    if (!told.getErrorMessage().equals(FailureText.HIDING)) {
      return response;
    }
    CompleteOrchestrationAction.Builder whole =
        action.getCompleteOrchestration().toBuilder()
            .setFailureDetails(told.toBuilder().setSeen(seen(thrown, unmade)));
    return response.toBuilder()
        .setActions(completion, action.toBuilder().setCompleteOrchestration(whole))
        .build();
  }

  private static TaskFailureDetails seen(Throwable thrown, @Nullable String unmade) {
    TaskFailureDetails details = Failures.of(thrown, false);
    if (unmade == null) {
      return details;
    }
    String message = details.getErrorMessage();
    return details.toBuilder()
        .setErrorMessage(
            "the constructor of "
                + unmade
                + " failed, so the orchestrator did not begin"
                + (message.isEmpty() ? "" : ": " + message))
        .build();
  }

  /**
   * Returns the index of the action that ends the orchestration as failed; -1 when there is none.
   */
  private static int failedCompletion(OrchestratorResponse response) {
    for (int i = response.getActionsCount() - 1; i >= 0; i--) {
      OrchestratorAction action = response.getActions(i);
      if (action.hasCompleteOrchestration()
          && action.getCompleteOrchestration().getOrchestrationStatus()
              == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable Throwable failureOf(
      OrchestratorResponse response, Invocation invocation) {
    int completion = failedCompletion(response);
    if (completion < 0) {
      return null;
    }
    Throwable thrown = invocation.userFailure();
    return thrown != null
        ? thrown
        : new FailedByLibrary(
            response.getActions(completion).getCompleteOrchestration().getFailureDetails());
  }

  /**
   * Represents a failure for which the library reported only a text and the host saw no exception
   * of user code.
   */
  private static final class FailedByLibrary extends Exception {
    private static final long serialVersionUID = 1;

    FailedByLibrary(TaskFailureDetails told) {
      super(told.getErrorType() + ": " + told.getErrorMessage(), null, false, false);
    }
  }

  private OrchestratorResponse otherVersion(WorkItem.Turn turn) {
    return failed(
        turn,
        TaskFailureDetails.newBuilder()
            .setErrorType("VersionMismatch")
            .setErrorMessage(versioning.explain(turn.version()))
            .setIsNonRetriable(true)
            .build());
  }

  private static OrchestratorResponse failed(WorkItem.Turn turn, Throwable failure) {
    return failed(turn, Failures.of(failure, false));
  }

  private static OrchestratorResponse failed(WorkItem.Turn turn, TaskFailureDetails failure) {
    return OrchestratorResponse.newBuilder()
        .setInstanceId(turn.instanceId())
        .addActions(
            OrchestratorAction.newBuilder()
                .setId(NO_ID)
                .setCompleteOrchestration(
                    CompleteOrchestrationAction.newBuilder()
                        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED)
                        .setFailureDetails(failure)))
        .build();
  }
}
