package dev.holdfast.engine.dispatch;

import com.google.protobuf.ByteString;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes the state of work in words: the obstacle that stops it, the executor that runs it, or
 * the work that it waits behind.
 */
record Standings(Crew crew, WaitingRoom room, ServedNames names, boolean draining) {

  /** Describes the state of work; see {@link Dispatcher#standing}. */
  @Nullable String of(WorkItem.Kind kind, String name, @Nullable String version, long token) {
    String obstacle = obstacle(kind, name, version);
    if (obstacle != null) {
      return obstacle;
    }
    String told = token == 0 ? null : crew.progress(kind, token);
    if (told != null) {
      return told;
    }
    String holders = crew.holders(kind, name);
    return holders == null
        ? null
        : "queued behind %d, places held by %s"
            .formatted(crew.taken(kind) + Math.max(0, room.count(kind) - 1), holders);
  }

  /**
   * Says why work of this name and version does not run; null when the engine knows no obstacle.
   */
  private @Nullable String obstacle(WorkItem.Kind kind, String name, @Nullable String version) {
    if (draining) {
      return "the host is stopping";
    }
    if (!crew.serves(kind, name)) {
      return "no connected worker serves %s '%s'".formatted(kind.word(), name)
          + UnservedWork.until(names.until(kind, name), "; it was served until ")
          + "; start the app or worker that has it, or, if it was renamed, bring one of the old name"
          + " back";
    }
    return crew.takes(asked(kind, name, version))
        ? null
        : "%s of %s '%s' is run by nobody who is connected"
            .formatted(
                version == null || version.isEmpty()
                    ? "an instance without version"
                    : "version '" + version + "'",
                kind.word(),
                name);
  }

  private static WorkItem asked(WorkItem.Kind kind, String name, @Nullable String version) {
    return switch (kind) {
      case ORCHESTRATOR -> new WorkItem.Turn(0, "", "", name, version, ByteString.EMPTY);
      case ACTIVITY ->
          new WorkItem.Activity(0, version, ActivityRequest.newBuilder().setName(name).build());
      case ENTITY -> new WorkItem.EntityBatch(0, "@" + name + "@", "", null, List.of());
    };
  }
}
