package dev.holdfast.server.http.durable;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.core.Statuses;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonText;
import dev.holdfast.server.json.JsonWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/** Serves requests that control one existing instance. */
final class SteerEndpoint {
  private final TaskHub hub;
  private final StartEndpoint starts;

  SteerEndpoint(TaskHub hub, StartEndpoint starts) {
    this.hub = hub;
    this.starts = starts;
  }

  /**
   * Terminates the instance. The reason becomes its output, as JSON, so that typed clients can read
   * it.
   */
  CompletableFuture<Reply> terminate(Request request, String instanceId) {
    String reason = request.query().get("reason");
    String output = reason == null ? null : JsonWriter.quoted(reason);
    boolean recursive = request.query().flag("recursive", false);
    return hub.terminate(instanceId, output, recursive).thenApply(SteerEndpoint::delivered);
  }

  CompletableFuture<Reply> suspend(Request request, String instanceId) {
    return unless(
        OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED,
        true,
        "is suspended already; resume it first",
        instanceId,
        () -> hub.suspend(instanceId, request.query().get("reason")));
  }

  CompletableFuture<Reply> resume(Request request, String instanceId) {
    return unless(
        OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED,
        false,
        "is not suspended; only suspended instances can be resumed",
        instanceId,
        () -> hub.resume(instanceId, request.query().get("reason")));
  }

  /**
   * Lets a blocked instance continue, which only Holdfast offers; answers 409 when the instance is
   * not blocked.
   */
  CompletableFuture<Reply> retry(String instanceId) {
    return hub.retry(instanceId)
        .thenApply(SteerEndpoint::delivered)
        .exceptionallyCompose(
            failure ->
                FutureFailures.cause(failure) instanceof RefusedException refused
                        && refused.reason() == Reason.FAILED_PRECONDITION
                    ? Reply.error(409, String.valueOf(refused.getMessage())).now()
                    : CompletableFuture.failedFuture(failure));
  }

  /**
   * Runs the action unless the state of the instance forbids it. The engine accepts a second
   * suspend, but this API has always answered 500 to it, and clients may rely on that.
   */
  private CompletableFuture<Reply> unless(
      OrchestrationStatus status,
      boolean refusedIn,
      String because,
      String instanceId,
      Supplier<CompletableFuture<Delivery>> action) {
    return existing(
        instanceId,
        state -> {
          if ((state.getOrchestrationStatus() == status) == refusedIn) {
            IllegalStateException cause =
                new IllegalStateException("The instance '" + instanceId + "' " + because + ".");
            return Reply.error(500, "Something went wrong while processing your request", cause)
                .now();
          }
          return action.get().thenApply(SteerEndpoint::delivered);
        });
  }

  /**
   * Raises an event. The order of the checks is part of the API: they concern the existence of the
   * instance, its end, the content type and the content.
   */
  CompletableFuture<Reply> raiseEvent(Request request, String instanceId, String eventName) {
    return existing(
        instanceId,
        state -> {
          if (!request.mediaType().equals("application/json")) {
            return Reply.error(400, "Only application/json request content is supported").now();
          }
          String text = request.text();
          JsonProcessingException problem = JsonText.problem(text);
          if (problem != null) {
            return Reply.error(400, "Invalid JSON content", problem, JsonText.inWords(problem))
                .now();
          }
          return hub.raiseEvent(instanceId, eventName, text).thenApply(SteerEndpoint::delivered);
        });
  }

  CompletableFuture<Reply> rewind(Request request, String instanceId) {
    return Lookup.of(hub, instanceId, false)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return Reply.jsonString(
                        404, "No orchestration with instance ID \"$" + instanceId + "\" found.")
                    .now();
              }
              OrchestrationStatus status = found.get().getOrchestrationStatus();
              if (status != OrchestrationStatus.ORCHESTRATION_STATUS_FAILED) {
                return notFailed(Statuses.name(status)).now();
              }
              return hub.rewind(instanceId, request.query().get("reason"))
                  .thenApply(done -> Reply.empty(202))
                  .exceptionallyCompose(failure -> raced(failure));
            });
  }

  /**
   * Answers a rewind whose instance was in the status Failed when it was read, but no longer when
   * the engine received the rewind.
   */
  private static CompletableFuture<Reply> raced(Throwable failure) {
    if (FutureFailures.cause(failure) instanceof RefusedException refused
        && refused.reason() == Reason.FAILED_PRECONDITION) {
      return notFailed("Running").now();
    }
    return CompletableFuture.failedFuture(failure);
  }

  private static Reply notFailed(String status) {
    return Reply.jsonString(
        412,
        "This orchestration has status "
            + status
            + ", but only orchestrations in the \"Failed\" state can be rewound.");
  }

  CompletableFuture<Reply> restart(Request request, String instanceId) {
    boolean newId = request.query().flag("restartWithNewInstanceId", true);
    Duration timeout = WaitRequest.of(request.query());
    return hub.restart(instanceId, newId)
        .thenCompose(id -> starts.then(request, id, timeout))
        .exceptionallyCompose(SteerEndpoint::notRestarted);
  }

  private static CompletableFuture<Reply> notRestarted(Throwable failure) {
    if (FutureFailures.cause(failure) instanceof RefusedException refused) {
      switch (refused.reason()) {
        case NOT_FOUND, INVALID_ARGUMENT -> {
          return Reply.error(400, "InstanceId does not match a valid orchestration instance.")
              .now();
        }
        case FAILED_PRECONDITION, ALREADY_EXISTS -> {
          return Reply.error(409, "A non-terminal instance with this instance ID already exists.")
              .now();
        }
        case OVERLOADED, STORE_FULL, UNAVAILABLE, UNANSWERED -> {
          // These refusals have no special status code in this endpoint; the class Refusals
          // translates them.
        }
      }
    }
    return CompletableFuture.failedFuture(failure);
  }

  CompletableFuture<Reply> purge(String instanceId) {
    if (instanceId.startsWith("@")) {
      return purgeNow(instanceId).thenApply(PurgeEndpoint::deleted);
    }
    return Lookup.of(hub, instanceId, false)
        .thenCompose(
            found -> {
              if (found.isEmpty()) {
                return Reply.empty(404).now();
              }
              OrchestrationStatus status = found.get().getOrchestrationStatus();
              if (!Statuses.isEnded(status) && !found.get().hasBlocked()) {
                return Reply.jsonString(
                        412,
                        "Only orchestrations in a terminal state can be purged, but the orchestration"
                            + " with instance ID "
                            + instanceId
                            + " has status "
                            + Statuses.name(status))
                    .now();
              }
              return purgeNow(instanceId)
                  .thenApply(count -> count == 0 ? Reply.empty(404) : PurgeEndpoint.deleted(count));
            });
  }

  private CompletableFuture<Integer> purgeNow(String instanceId) {
    return hub.purge(
            PurgeInstancesRequest.newBuilder()
                .setInstanceId(instanceId)
                .setIsOrchestration(!instanceId.startsWith("@"))
                .build())
        .thenApply(response -> response.getDeletedInstanceCount());
  }

  /**
   * Answers 404 when the instance does not exist and 410 when it has ended; otherwise runs the
   * action.
   */
  private CompletableFuture<Reply> existing(
      String instanceId, Function<OrchestrationState, CompletableFuture<Reply>> action) {
    return Lookup.of(hub, instanceId, false)
        .thenCompose(
            (Optional<OrchestrationState> found) -> {
              if (found.isEmpty()) {
                return Reply.empty(404).now();
              }
              return Statuses.isEnded(found.get().getOrchestrationStatus())
                  ? Reply.empty(410).now()
                  : action.apply(found.get());
            });
  }

  private static Reply delivered(Delivery delivery) {
    return switch (delivery) {
      case ACCEPTED -> Reply.empty(202);
      case NO_SUCH_INSTANCE -> Reply.empty(404);
      case TERMINAL -> Reply.empty(410);
    };
  }
}
