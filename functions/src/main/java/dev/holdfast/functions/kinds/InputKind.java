package dev.holdfast.functions.kinds;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.BindingDefinition;
import java.util.function.Supplier;

/** Represents a type of binding whose value the host puts into a parameter. */
public interface InputKind extends BindingKind {

  /**
   * Returns the supplier of the binding's value. The method is called once when the app is loaded;
   * the supplier is called once for each invocation, by many threads.
   */
  Supplier<Wire> values(BindingDefinition binding, AppContext context);
}
