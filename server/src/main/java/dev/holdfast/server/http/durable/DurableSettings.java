package dev.holdfast.server.http.durable;

import org.jspecify.annotations.Nullable;

/**
 * What {@code host.json} says about durable functions, as far as this API shows it.
 *
 * @param hubName the one task hub served here
 * @param connectionName only a label in URLs
 * @param defaultVersion for starts that name no version
 * @param overrideAnyState whether a start replaces even a live instance of the same id
 * @param inputsInHistory whether history tells the inputs of activities and sub-orchestrations
 * @param reasonAsOutput whether the output of a failed instance is what its code threw, rather than
 *     what the library that ran it reports
 */
public record DurableSettings(
    String hubName,
    String connectionName,
    @Nullable String defaultVersion,
    boolean overrideAnyState,
    boolean inputsInHistory,
    boolean reasonAsOutput) {

  public static DurableSettings of(String hubName) {
    return new DurableSettings(hubName, "Storage", null, false, false, false);
  }
}
