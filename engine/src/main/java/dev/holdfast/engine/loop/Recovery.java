package dev.holdfast.engine.loop;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.Effect;
import dev.holdfast.core.Input;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Undone;
import dev.holdfast.core.WorkItem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which askers are answered and which inputs are kept when a hub discards its memory and
 * reads the store anew (docs/decisions/0025-begin-again-without-a-restart.md).
 */
final class Recovery {
  private Recovery() {}

  /**
   * Makes the refusal for requests that are dropped. Their effects were not written, so clients may
   * send them again.
   */
  static RefusedException refusal(List<Suspect> because) {
    return new RefusedException(
        RefusedException.Reason.UNAVAILABLE,
        "Nothing of this request was done: the hub has begun again from what is written, because of %s. Send it again."
            .formatted(names(because)));
  }

  static String words(List<Suspect> because) {
    return "The hub has begun again from what is written, because of %s: %s. Everything else goes on; requests that had no answer yet were refused as unavailable."
        .formatted(names(because), because.get(0).block().words());
  }

  private static String names(List<Suspect> because) {
    String first = "'" + because.get(0).instanceId() + "'";
    return because.size() == 1 ? first : first + " and " + (because.size() - 1) + " others";
  }

  /**
   * Returns the effects of a durable flush that may still be performed although the hub discards
   * its memory.
   */
  static List<Effect.WhenDurable> told(List<Effect.WhenDurable> effects) {
    return effects.stream()
        .filter(
            it ->
                it instanceof Effect.Reply<?>
                    || it instanceof Effect.Refuse
                    || it instanceof Effect.Trace
                    || it instanceof Effect.Reached)
        .toList();
  }

  /**
   * Returns the activities that executors may hold.
   *
   * @param unperformed effects that were not performed, so that no executor holds the items of
   *     these effects
   */
  static List<WorkItem.Activity> handedOut(
      List<Undone> undone, List<Effect.WhenDurable> unperformed) {
    Set<Long> nobodyHas = new LinkedHashSet<>();
    for (Effect.WhenDurable effect : unperformed) {
      if (effect instanceof Effect.Dispatch dispatch) {
        nobodyHas.add(dispatch.item().token());
      }
    }
    List<WorkItem.Activity> all = new ArrayList<>();
    for (Undone each : undone) {
      each.handedOut().stream().filter(item -> !nobodyHas.contains(item.token())).forEach(all::add);
    }
    return all;
  }

  /**
   * Returns whether the process must end because nothing can be relied on after this error. An
   * overflowed stack is intact again once it is unwound, and a class that cannot be loaded affects
   * no other instance.
   */
  static boolean mustEnd(Throwable thrown) {
    return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
  }

  /** Describes the instance whose handling has thrown. */
  static Suspect failing(String instanceId, Throwable thrown, long now) {
    return new Suspect(
        instanceId,
        new Blocked(Blocked.Kind.ERROR, "handling it has failed with " + thrown, "", now));
  }

  /**
   * Returns the id of the instance that an input addresses, for inputs that {@link
   * dev.holdfast.core.partition.Partition#outlives outlive} the memory of their partition.
   */
  static String addressee(Input input) {
    return input instanceof Input.Unwait gone
        ? gone.instanceId()
        : ((Input.ToInstance) input).instanceId();
  }

  /** Returns whether the effect reads the store. */
  static boolean isRead(Effect.WhenDurable effect) {
    return effect instanceof Effect.LoadTimers
        || effect instanceof Effect.Admit
        || effect instanceof Effect.LoadHistory;
  }
}
