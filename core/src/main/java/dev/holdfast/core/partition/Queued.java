package dev.holdfast.core.partition;

import dev.holdfast.core.Input;
import org.jspecify.annotations.Nullable;

/**
 * Holds an input that is being delivered to its instance.
 *
 * @param mail names the keyed record that holds the input; null when no record holds it
 */
record Queued(Input.ToInstance input, @Nullable String mail) {}
