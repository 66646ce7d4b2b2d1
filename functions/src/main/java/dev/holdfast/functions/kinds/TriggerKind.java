package dev.holdfast.functions.kinds;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.TriggerMetadata;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.Start;
import java.util.Optional;

/** Represents one type of trigger. */
public interface TriggerKind extends BindingKind {

  /** Says what makes a function with this trigger run. */
  default Start start(String functionName, BindingDefinition trigger) {
    return new Start(Start.By.TRIGGER, functionName);
  }

  /**
   * Returns whether this host runs the functions of this trigger; false means that they run only
   * through the admin API.
   */
  default boolean isServed() {
    return true;
  }

  /**
   * Returns the output that a function of this trigger has when its method returns a value and no
   * annotation says to which output the value goes.
   */
  default Optional<BindingDefinition> impliedOutput() {
    return Optional.empty();
  }

  /**
   * Makes the input of a run that a person requests through the admin API.
   *
   * @param value the text that the person sends as the trigger's value
   */
  default TriggerInput byHand(FunctionDefinition function, String value, AppContext context) {
    return new TriggerInput(
        new Wire.Text(value), TriggerMetadata.ofText(value), TriggerInput.Trace.NONE);
  }
}
