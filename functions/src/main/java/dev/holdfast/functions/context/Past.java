package dev.holdfast.functions.context;

import dev.holdfast.functions.inhand.InHand;
import java.util.function.LongSupplier;

/**
 * Holds what is known of earlier lives of this host.
 *
 * @param inHand records which functions are running, and knows which ran when a process ended
 * @param sameBuildSince supplies the time since which every turn of the hub has been run by this
 *     very build of the app, in microseconds since the epoch; it is asked when a history is met for
 *     the first time. {@link Long#MAX_VALUE} means that the time is unknown: each history is then
 *     compared with the code once
 */
public record Past(InHand inHand, LongSupplier sameBuildSince) {

  /** Returns the past of a host that remembers nothing. */
  public static Past unknown() {
    return new Past(new InHand(), () -> Long.MAX_VALUE);
  }
}
