package dev.holdfast.engine.loop;

import dev.holdfast.core.Effect;
import dev.holdfast.core.Wound;
import dev.holdfast.engine.dispatch.Dispatcher;
import java.util.List;
import java.util.Set;

/**
 * Performs effects before the flush that they must wait for is durable, as a broken engine would.
 * Only tests use this.
 */
final class EarlyRelease {
  private EarlyRelease() {}

  static void perform(
      List<Effect.WhenDurable> effects,
      Set<Wound> wounds,
      Dispatcher dispatcher,
      Callbacks callbacks) {
    if (wounds.isEmpty()) {
      return;
    }
    for (Effect.WhenDurable effect : effects) {
      if (effect instanceof Effect.Dispatch dispatch
          && wounds.contains(Wound.DISPATCH_RELEASED_EARLY)) {
        dispatcher.offer(dispatch.item());
      } else if (wounds.contains(Wound.REPLY_RELEASED_EARLY)) {
        if (effect instanceof Effect.Reply<?> reply) {
          callbacks.add(reply::perform);
        } else if (effect instanceof Effect.Refuse refuse) {
          callbacks.add(() -> refuse.asker().refused(refuse.why()));
        }
      }
    }
  }
}
