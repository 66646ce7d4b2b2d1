package dev.holdfast.server.http.durable;

import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of {@code host.json} for durable functions that this API needs.
 *
 * @param hubName the one task hub that this host serves
 * @param connectionName the connection's name, which is only a label in URLs
 * @param defaultVersion the version of instances that are started without one; null means that they
 *     have no version
 * @param overrideAnyState whether a start replaces even a live instance with the same id
 * @param inputsInHistory whether the history shows the inputs of activities and sub-orchestrations
 * @param reasonAsOutput whether the output of a failed instance is the exception of its code, and
 *     not the report of the library that ran the code
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
