package dev.holdfast.functions.durable;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.protocol.EntityBatchRequest;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.EntityOperationSignaledEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationRequest;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Instant;
import java.util.Base64;

/**
 * Runs a batch of operations through an app's entity function, which takes the request as base64
 * text and returns the result as base64 text. The request does not name the callers, because only
 * the engine needs them.
 */
final class BatchRunner {

  private final FunctionLog log;

  BatchRunner(FunctionLog log) {
    this.log = log;
  }

  /**
   * Runs the batch on the calling thread, which must be the thread of {@code task}. A batch that
   * takes too long may have had effects, and there is no retry policy that would permit another
   * attempt. Its entity is therefore blocked, and its operations are kept.
   */
  Answer run(WorkItem.EntityBatch batch, FunctionPlan plan, ItemTask task) {
    String request = Base64.getEncoder().encodeToString(request(batch).toByteArray());
    Invocation invocation =
        plan.begin(
            TriggerInput.of(new Wire.Text(request)), FunctionLog.Work.of(batch.instanceId()));
    Narration narration = Narration.begin(log, invocation);
    TimeLimit.Run timed =
        task.begin(
            RunLimits.Kind.ENTITY,
            late -> {
              narration.end(late);
              return task.answerToGivenUp(late);
            });
    Answer answer;
    Throwable failure = null;
    try (timed) {
      plan.run(invocation);
      timed.end();
      EntityBatchResult result = result(plan, invocation);
      tellFailures(batch, result, invocation);
      answer = new Answer.EntityDone(batch, result);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      failure = timed.failure(cause(e, invocation));
      Exception stopped = timed.stopped();
      answer = stopped == null ? failed(batch, failure) : task.stopped(stopped);
    }
    if (!timed.isGivenUp()) {
      narration.end(failure);
    }
    return answer;
  }

  private static EntityBatchRequest request(WorkItem.EntityBatch batch) {
    EntityBatchRequest.Builder request =
        EntityBatchRequest.newBuilder().setInstanceId(batch.instanceId());
    if (batch.state() != null) {
      request.setEntityState(StringValue.of(batch.state()));
    }
    for (HistoryEvent event : batch.operations()) {
      request.addOperations(operation(event));
    }
    return request.build();
  }

  private static OperationRequest operation(HistoryEvent event) {
    OperationRequest.Builder request = OperationRequest.newBuilder();
    if (event.hasEntityOperationCalled()) {
      EntityOperationCalledEvent called = event.getEntityOperationCalled();
      request.setOperation(called.getOperation()).setRequestId(called.getRequestId());
      if (called.hasInput()) {
        request.setInput(called.getInput());
      }
      return request.build();
    }
    EntityOperationSignaledEvent signaled = event.getEntityOperationSignaled();
    request.setOperation(signaled.getOperation()).setRequestId(signaled.getRequestId());
    if (signaled.hasInput()) {
      request.setInput(signaled.getInput());
    }
    return request.build();
  }

  private static EntityBatchResult result(FunctionPlan plan, Invocation invocation) {
    String name = plan.definition().name();
    if (!(invocation.getReturnValue() instanceof String text)) {
      throw new IllegalStateException(
          "The entity function '"
              + name
              + "' returned no result. It must return the text that running the batch gives it.");
    }
    try {
      return EntityBatchResult.parseFrom(Base64.getDecoder().decode(text));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "The entity function '"
              + name
              + "' returned something else than the text that running the batch gives it.",
          e);
    }
  }

  // The sender of a signal does not learn of its failure, so this method writes failures of signals
  // to the log.
  private void tellFailures(
      WorkItem.EntityBatch batch, EntityBatchResult result, Invocation invocation) {
    int known = Math.min(result.getResultsCount(), batch.operations().size());
    for (int i = 0; i < known; i++) {
      if (result.getResults(i).hasFailure()) {
        TaskFailureDetails failure = result.getResults(i).getFailure().getFailureDetails();
        log.say(
            new FunctionLog.Entry(
                Instant.now(),
                FunctionLog.Severity.WARNING,
                invocation.getFunctionName(),
                invocation.getInvocationId(),
                "Operation '"
                    + operation(batch.operations().get(i)).getOperation()
                    + "' of "
                    + batch.instanceId()
                    + " failed and was undone: "
                    + failure.getErrorType()
                    + ": "
                    + failure.getErrorMessage(),
                null,
                invocation.work()));
      }
    }
  }

  // The middleware of newer libraries hides the exception of user code, so the exception that the
  // host recorded is preferred.
  private static Throwable cause(Throwable thrown, Invocation invocation) {
    Throwable users = invocation.userFailure();
    return Failures.unwrapped(users == null ? thrown : users);
  }

  private static Answer failed(WorkItem.EntityBatch batch, Throwable failure) {
    return new Answer.EntityDone(
        batch,
        EntityBatchResult.newBuilder().setFailureDetails(Failures.of(failure, false)).build());
  }
}
