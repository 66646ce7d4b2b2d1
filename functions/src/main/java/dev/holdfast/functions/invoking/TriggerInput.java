package dev.holdfast.functions.invoking;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a trigger hands to one invocation.
 *
 * @param value bound to the trigger's parameter
 * @param metadata what {@code @BindingName} finds, by name; null for a name it does not have
 * @param trace W3C trace headers of the caller, empty when there are none
 */
public record TriggerInput(Wire value, Function<String, @Nullable Wire> metadata, Trace trace) {

  /** The caller's W3C trace context. */
  public record Trace(String parent, String state) {
    public static final Trace NONE = new Trace("", "");
  }

  public static TriggerInput of(Wire value) {
    return new TriggerInput(value, name -> null, Trace.NONE);
  }
}
