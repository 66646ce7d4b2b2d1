package dev.holdfast.orchestrations.entities;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.EntityBatchRequest;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.OperationAction;
import dev.holdfast.protocol.OperationRequest;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultFailure;
import dev.holdfast.protocol.OperationResultSuccess;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * Runs operations one after another; each operation sees the state that the last successful one
 * left.
 */
final class Batch {

  private static final int CAUSES_MAX = 10;

  /**
   * A stack trace is cut to this many characters, because an endless recursion makes far longer
   * traces.
   */
  private static final int STACK_MAX = 16_000;

  private final EntityId id;
  private final EntityFunction entity;
  private final EntityBatchResult.Builder result = EntityBatchResult.newBuilder();
  private @Nullable String state;

  private Batch(EntityId id, EntityFunction entity, @Nullable String state) {
    this.id = id;
    this.entity = entity;
    this.state = state;
  }

  static EntityBatchResult run(EntityBatchRequest request, EntityFunction entity) {
    String state = request.hasEntityState() ? request.getEntityState().getValue() : null;
    Batch batch = new Batch(EntityId.parse(request.getInstanceId()), entity, state);
    for (OperationRequest operation : request.getOperationsList()) {
      batch.result.addResults(batch.run(operation));
    }
    if (batch.state != null) {
      batch.result.setEntityState(StringValue.of(batch.state));
    }
    return batch.result.build();
  }

  private OperationResult run(OperationRequest request) {
    RunningOperation operation = new RunningOperation(id, request, state);
    OperationResultSuccess.Builder success = OperationResultSuccess.newBuilder();
    try {
      String returned = Json.text(entity.run(operation));
      if (returned != null) {
        success.setResult(StringValue.of(returned));
      }
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      return OperationResult.newBuilder()
          .setFailure(OperationResultFailure.newBuilder().setFailureDetails(details(e, 0)))
          .build();
    }
    keep(operation);
    return OperationResult.newBuilder().setSuccess(success).build();
  }

  private void keep(RunningOperation operation) {
    state = operation.state();
    for (OperationAction action : operation.actions()) {
      result.addActions(action.toBuilder().setId(result.getActionsCount()));
    }
  }

  private static TaskFailureDetails details(Throwable failure, int depth) {
    String message = failure.getMessage();
    TaskFailureDetails.Builder details =
        TaskFailureDetails.newBuilder()
            .setErrorType(failure.getClass().getName())
            .setErrorMessage(message == null ? "" : message);
    if (depth == 0) {
      details.setStackTrace(StringValue.of(stack(failure)));
    }
    Throwable cause = failure.getCause();
    if (cause != null && depth < CAUSES_MAX) {
      details.setInnerFailure(details(cause, depth + 1));
    }
    return details.build();
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    String stack = text.toString();
    return stack.length() <= STACK_MAX ? stack : stack.substring(0, STACK_MAX);
  }
}
