package dev.holdfast.functions.kinds;

import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.Start;

/** Represents the triggers whose functions the engine runs. */
public enum DurableTrigger implements TriggerKind {
  ORCHESTRATION("orchestrationTrigger", Start.By.ORCHESTRATOR, "orchestration"),
  ACTIVITY("activityTrigger", Start.By.ACTIVITY, "activity"),
  ENTITY("entityTrigger", Start.By.ENTITY, "entityName");

  private final String type;
  private final Start.By by;

  /** Names the trigger's attribute that may give a function another durable name. */
  private final String nameAttribute;

  DurableTrigger(String type, Start.By by, String nameAttribute) {
    this.type = type;
    this.by = by;
    this.nameAttribute = nameAttribute;
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public Start start(String functionName, BindingDefinition trigger) {
    String own = trigger.text(nameAttribute);
    return new Start(by, own == null ? functionName : own);
  }
}
