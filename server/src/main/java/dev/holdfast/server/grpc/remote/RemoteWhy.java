package dev.holdfast.server.grpc.remote;

import dev.holdfast.core.Explanation;
import dev.holdfast.core.WorkItem;
import dev.holdfast.core.partition.Views;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what an instance of a remote hub waits for, from its state and history, because the
 * contract has no request for an explanation. {@link Views#explain} interprets the state and the
 * history, as it does for instances of a local hub, so both explanations have the same content.
 * Only the remote hub knows, however, which worker serves which name.
 */
final class RemoteWhy {
  private RemoteWhy() {}

  /**
   * Explains what an instance waits for.
   *
   * @param now the current time in microseconds since the epoch
   */
  static Why of(OrchestrationState state, List<HistoryEvent> history, String address, long now) {
    Explanation explanation = Views.explain(state, history);
    return Why.of(
        explanation, (kind, name, version, token) -> obstacle(kind, name, version, address), now);
  }

  private static String obstacle(
      WorkItem.Kind kind, String name, @Nullable String version, String address) {
    return "the hub at "
        + address
        + " gives it to a connected worker that serves "
        + kind.word()
        + " '"
        + name
        + "'"
        + (version == null ? "" : " in version '" + version + "'");
  }
}
