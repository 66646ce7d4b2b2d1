package dev.holdfast.functions.context;

import dev.holdfast.functions.inhand.InHand;
import java.util.function.LongSupplier;

/**
 * Holds the facts that are known about earlier processes of this host.
 *
 * @param inHand records which functions are running, and knows which functions ran when a process
 *     ended
 * @param sameBuildSince supplies the time since which every turn of the hub has been run by this
 *     build of the app, in microseconds since the epoch; it is called when this process sees a
 *     history for the first time. {@link Long#MAX_VALUE} means that the time is unknown: each
 *     history is then compared with the code once
 */
public record Past(InHand inHand, LongSupplier sameBuildSince) {

  /** Returns the past of a host that knows nothing about earlier processes. */
  public static Past unknown() {
    return new Past(new InHand(), () -> Long.MAX_VALUE);
  }
}
