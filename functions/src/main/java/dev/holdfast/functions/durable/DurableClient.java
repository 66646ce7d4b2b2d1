package dev.holdfast.functions.durable;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.kinds.InputKind;
import dev.holdfast.functions.model.BindingDefinition;
import java.util.function.Supplier;

/** Represents the binding that gives a function a client of the hub. */
public record DurableClient() implements InputKind {

  @Override
  public String type() {
    return "durableClient";
  }

  @Override
  public Supplier<Wire> values(BindingDefinition binding, AppContext context) {
    return new ClientInput(binding, context);
  }
}
