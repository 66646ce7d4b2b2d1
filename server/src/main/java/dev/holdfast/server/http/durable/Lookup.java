package dev.holdfast.server.http.durable;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.HubInstances;
import dev.holdfast.protocol.OrchestrationState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads an instance. An id that no instance can have is treated like the id of a missing instance.
 */
final class Lookup {
  private Lookup() {}

  static CompletableFuture<Optional<OrchestrationState>> of(
      HubInstances hub, String instanceId, boolean payloads) {
    CompletableFuture<Optional<OrchestrationState>> found = hub.get(instanceId, payloads);
    return found.exceptionallyCompose(
        failure ->
            FutureFailures.cause(failure) instanceof RefusedException refused
                    && refused.reason() == Reason.INVALID_ARGUMENT
                ? CompletableFuture.completedFuture(Optional.empty())
                : found);
  }
}
