package dev.holdfast.functions.invoking;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds the data that a trigger hands to one invocation.
 *
 * @param value the value that is bound to the trigger's parameter
 * @param metadata returns the value for the name in {@code @BindingName}; it returns null for an
 *     unknown name
 * @param trace the caller's W3C trace headers, {@link Trace#NONE} when there are none
 */
public record TriggerInput(Wire value, Function<String, @Nullable Wire> metadata, Trace trace) {

  /** Holds the caller's W3C trace context; its texts are empty when there is none. */
  public record Trace(String parent, String state) {
    public static final Trace NONE = new Trace("", "");
  }

  public static TriggerInput of(Wire value) {
    return new TriggerInput(value, name -> null, Trace.NONE);
  }
}
