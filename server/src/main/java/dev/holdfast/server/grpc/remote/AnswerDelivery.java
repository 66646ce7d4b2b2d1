package dev.holdfast.server.grpc.remote;

import com.google.protobuf.MessageLite;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.FailedAnswer;
import dev.holdfast.protocol.AbandonActivityTaskRequest;
import dev.holdfast.protocol.AbandonEntityTaskRequest;
import dev.holdfast.protocol.AbandonOrchestrationTaskRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityOperationCalledEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.InstanceBlock;
import dev.holdfast.protocol.OperationInfo;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers answers to the hub. An answer that does not arrive is sent again; the hub takes each
 * answer only once, by its token. All methods are safe from any thread and never block.
 */
final class AnswerDelivery {
  private static final Logger log = LoggerFactory.getLogger("Host.Remote");
  private static final int ATTEMPTS = 10;
  private static final long ATTEMPT_SECONDS = 30;

  /** If the hub refuses a message smaller than this, its size is not the reason. */
  private static final int LARGE = 1024 * 1024;

  private final RemoteConnection connection;
  private final ScheduledExecutorService clock;
  private final Backoff backoff;
  private final Consumer<Throwable> keyRefused;

  /**
   * Creates the delivery for one connection.
   *
   * @param keyRefused is called when the hub no longer accepts the key of this host; the callback
   *     must not block
   */
  AnswerDelivery(
      RemoteConnection connection,
      ScheduledExecutorService clock,
      Backoff backoff,
      Consumer<Throwable> keyRefused) {
    this.connection = connection;
    this.clock = clock;
    this.backoff = backoff;
    this.keyRefused = keyRefused;
  }

  /**
   * Sends the answer of a turn. The future completes when the hub has the answer or when all
   * attempts failed. The method throws, or its future fails, only when there is too little memory
   * to find out.
   */
  CompletableFuture<Void> turn(WorkItem.Turn turn, String token, OrchestratorResponse response) {
    OrchestratorResponse whole =
        response.toBuilder().setInstanceId(turn.instanceId()).setCompletionToken(token).build();
    return chunks(TurnChunks.of(whole, TurnChunks.BYTES))
        .handle((done, thrown) -> thrown)
        .thenCompose(
            thrown -> {
              if (thrown == null || !isTooLarge(thrown, whole.getSerializedSize())) {
                return ended(thrown, turn);
              }
              Answer failed = tooLarge(turn, whole.getSerializedSize());
              return send(
                      TaskHubSidecarServiceGrpc.getCompleteOrchestratorTaskMethod(),
                      ((Answer.TurnDone) failed)
                          .response().toBuilder().setCompletionToken(token).build())
                  .handle((done, again) -> again)
                  .thenCompose(again -> ended(again, turn));
            });
  }

  private CompletableFuture<?> chunks(List<OrchestratorResponse> chunks) {
    CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    for (OrchestratorResponse chunk : chunks) {
      sent =
          sent.thenCompose(
              before -> send(TaskHubSidecarServiceGrpc.getCompleteOrchestratorTaskMethod(), chunk));
    }
    return sent;
  }

  /** Sends the answer of an activity; the future completes as for {@link #turn}. */
  CompletableFuture<Void> activity(
      WorkItem.Activity activity, String token, ActivityResponse response) {
    ActivityResponse whole =
        response.toBuilder()
            .setInstanceId(activity.instanceId())
            .setTaskId(activity.taskId())
            .setCompletionToken(token)
            .build();
    MethodDescriptor<ActivityResponse, ?> method =
        TaskHubSidecarServiceGrpc.getCompleteActivityTaskMethod();
    return send(method, whole)
        .handle((done, thrown) -> thrown)
        .thenCompose(
            thrown -> {
              if (thrown == null || !isTooLarge(thrown, whole.getSerializedSize())) {
                return ended(thrown, activity);
              }
              Answer failed = tooLarge(activity, whole.getSerializedSize());
              return send(
                      method,
                      ((Answer.ActivityDone) failed)
                          .response().toBuilder().setCompletionToken(token).build())
                  .handle((done, again) -> again)
                  .thenCompose(again -> ended(again, activity));
            });
  }

  /**
   * Gives an item back, so that the hub hands it out again, to this host or another worker; the
   * future completes as for {@link #turn}.
   */
  CompletableFuture<Void> abandon(WorkItem item, String token) {
    return abandon(item, token, InstanceBlock.getDefaultInstance());
  }

  /**
   * Gives an item back, so that the hub sets its instance or entity aside; the future completes as
   * for {@link #turn}.
   */
  CompletableFuture<Void> blocked(WorkItem item, String token, Blocked block) {
    return abandon(item, token, block.message());
  }

  /**
   * Gives an item back, with or without a block.
   *
   * @param block the reason why the hub must set the instance aside; the default message means that
   *     it must not
   */
  private CompletableFuture<Void> abandon(WorkItem item, String token, InstanceBlock block) {
    boolean blocks = !block.equals(InstanceBlock.getDefaultInstance());
    CompletableFuture<?> sent =
        switch (item.kind()) {
          case ORCHESTRATOR -> {
            AbandonOrchestrationTaskRequest.Builder request =
                AbandonOrchestrationTaskRequest.newBuilder().setCompletionToken(token);
            yield send(
                TaskHubSidecarServiceGrpc.getAbandonTaskOrchestratorWorkItemMethod(),
                (blocks ? request.setBlocked(block) : request).build());
          }
          case ACTIVITY -> {
            AbandonActivityTaskRequest.Builder request =
                AbandonActivityTaskRequest.newBuilder().setCompletionToken(token);
            yield send(
                TaskHubSidecarServiceGrpc.getAbandonTaskActivityWorkItemMethod(),
                (blocks ? request.setBlocked(block) : request).build());
          }
          case ENTITY -> {
            AbandonEntityTaskRequest.Builder request =
                AbandonEntityTaskRequest.newBuilder().setCompletionToken(token);
            yield send(
                TaskHubSidecarServiceGrpc.getAbandonTaskEntityWorkItemMethod(),
                (blocks ? request.setBlocked(block) : request).build());
          }
        };
    return sent.handle((done, thrown) -> thrown).thenCompose(thrown -> ended(thrown, item));
  }

  /**
   * Sends the answer of a batch, with the caller of each operation; the future completes as for
   * {@link #turn}.
   */
  CompletableFuture<Void> batch(
      WorkItem.EntityBatch batch, String token, EntityBatchResult response) {
    EntityBatchResult.Builder whole = response.toBuilder().setCompletionToken(token);
    if (whole.getOperationInfosCount() == 0) {
      batch.operations().stream()
          .limit(response.getResultsCount())
          .forEach(operation -> whole.addOperationInfos(info(operation)));
    }
    return send(TaskHubSidecarServiceGrpc.getCompleteEntityTaskMethod(), whole.build())
        .handle((done, thrown) -> thrown)
        .thenCompose(thrown -> ended(thrown, batch));
  }

  private static OperationInfo info(HistoryEvent operation) {
    OperationInfo.Builder info = OperationInfo.newBuilder();
    if (!operation.hasEntityOperationCalled()) {
      return info.setRequestId(operation.getEntityOperationSignaled().getRequestId()).build();
    }
    EntityOperationCalledEvent called = operation.getEntityOperationCalled();
    return info.setRequestId(called.getRequestId())
        .setResponseDestination(
            OrchestrationInstance.newBuilder()
                .setInstanceId(called.getParentInstanceId().getValue())
                .setExecutionId(called.getParentExecutionId()))
        .build();
  }

  private static CompletableFuture<Void> ended(@Nullable Throwable thrown, WorkItem item) {
    if (thrown != null) {
      log.warn(
          "The answer for {} '{}' of instance '{}' did not reach the hub ({}); the hub hands the item"
              + " out again.",
          item.kind().word(),
          item.name(),
          item.instanceId(),
          Status.fromThrowable(thrown));
    }
    return CompletableFuture.completedFuture(null);
  }

  private static boolean isTooLarge(Throwable thrown, int bytes) {
    return Status.fromThrowable(thrown).getCode() == Status.Code.RESOURCE_EXHAUSTED
        && bytes > LARGE;
  }

  private static Answer tooLarge(WorkItem item, int bytes) {
    return FailedAnswer.of(
        item,
        "AnswerTooLarge",
        "The answer of '%s' has %d bytes, which the hub does not take. Pass references to large data instead of the data, or schedule fewer tasks at once."
            .formatted(item.name(), bytes));
  }

  private <A extends MessageLite> CompletableFuture<?> send(
      MethodDescriptor<A, ?> method, A message) {
    return send(method, message, 1);
  }

  private <A extends MessageLite, B> CompletableFuture<B> send(
      MethodDescriptor<A, B> method, A message, int attempt) {
    // While there is no connection, the call waits until the connection is made again.
    CallOptions options =
        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(ATTEMPT_SECONDS, TimeUnit.SECONDS);
    return connection
        .call(method, options, message)
        .exceptionallyCompose(
            thrown -> {
              if (Status.fromThrowable(thrown).getCode() == Status.Code.UNAUTHENTICATED) {
                keyRefused.accept(thrown);
              }
              return attempt < ATTEMPTS && mayPass(thrown, message.getSerializedSize())
                  ? later(method, message, attempt)
                  : CompletableFuture.failedFuture(thrown);
            });
  }

  private <A extends MessageLite, B> CompletableFuture<B> later(
      MethodDescriptor<A, B> method, A message, int attempt) {
    CompletableFuture<B> result = new CompletableFuture<>();
    try {
      var unused =
          clock.schedule(
              () -> again(method, message, attempt + 1, result),
              backoff.millis(attempt),
              TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      result.completeExceptionally(e); // The host has stopped, so it sends no more answers.
    }
    return result;
  }

  private <A extends MessageLite, B> void again(
      MethodDescriptor<A, B> method, A message, int attempt, CompletableFuture<B> result) {
    try {
      var unused =
          send(method, message, attempt)
              .whenComplete(
                  (answer, thrown) -> {
                    if (thrown == null) {
                      result.complete(answer);
                    } else {
                      result.completeExceptionally(thrown);
                    }
                  });
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private static boolean mayPass(Throwable thrown, int bytes) {
    return switch (Status.fromThrowable(thrown).getCode()) {
      case UNAVAILABLE, UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, ABORTED, UNAUTHENTICATED -> true;
      case RESOURCE_EXHAUSTED -> bytes <= LARGE;
      default -> false;
    };
  }
}
