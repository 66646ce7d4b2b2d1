/**
 * Holds what the host knows about each type of trigger and binding, in one registry by type.
 *
 * <p>A new type is one class that implements {@link dev.holdfast.functions.kinds.TriggerKind},
 * {@link dev.holdfast.functions.kinds.InputKind} or {@link
 * dev.holdfast.functions.kinds.OutputKind}, and one registration: {@link
 * dev.holdfast.functions.kinds.BindingKinds#with}.
 */
@NullMarked
package dev.holdfast.functions.kinds;

import org.jspecify.annotations.NullMarked;
