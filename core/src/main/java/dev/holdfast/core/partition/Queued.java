package dev.holdfast.core.partition;

import dev.holdfast.core.Input;
import org.jspecify.annotations.Nullable;

/**
 * Holds an input on its way to its instance.
 *
 * @param mail names the keyed record that holds the input; null when none does
 */
record Queued(Input.ToInstance input, @Nullable String mail) {}
