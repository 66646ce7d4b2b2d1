package dev.holdfast.core.partition;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.protocol.OrchestrationState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the requests that wait for an instance to start or to end. It keeps no thread and no part
 * of the instance.
 */
final class Watchers {
  private final LinkedHashMap<String, List<Input.Wait>> waiting = new LinkedHashMap<>();

  /** Returns whether the wait ends with the current status of the instance. */
  static boolean isOver(Input.Wait wait, Instance instance) {
    return instance.hasEnded()
        || (!wait.end()
            && instance.row().status()
                != dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_PENDING_VALUE);
  }

  void add(Input.Wait wait) {
    waiting.computeIfAbsent(wait.instanceId(), id -> new ArrayList<>(1)).add(wait);
  }

  void remove(Input.Unwait gone) {
    List<Input.Wait> waits = waiting.get(gone.instanceId());
    if (waits != null) {
      waits.removeIf(wait -> wait.asker() == gone.asker());
      if (waits.isEmpty()) {
        waiting.remove(gone.instanceId());
      }
    }
  }

  /** Returns all waits. */
  List<Input.Wait> all() {
    List<Input.Wait> all = new ArrayList<>();
    waiting.values().forEach(all::addAll);
    return all;
  }

  /** Answers the waits that the new status of the instance ends. */
  void changed(Instance instance, Changes changes) {
    List<Input.Wait> waits = waiting.get(instance.id);
    if (waits == null) {
      return;
    }
    waits.removeIf(
        wait -> {
          boolean over = isOver(wait, instance);
          if (over) {
            changes.whenDurable(
                instance,
                new Effect.Reply<>(
                    wait.asker(), Optional.of(Views.state(instance, wait.payloads()))));
          }
          return over;
        });
    if (waits.isEmpty()) {
      waiting.remove(instance.id);
    }
  }

  /** Answers all waits for an instance that is gone for good. */
  void purged(String instanceId, Changes changes) {
    List<Input.Wait> waits = waiting.remove(instanceId);
    if (waits != null) {
      for (Input.Wait wait : waits) {
        changes.whenDurable(new Effect.Reply<>(wait.asker(), Optional.<OrchestrationState>empty()));
      }
    }
  }
}
