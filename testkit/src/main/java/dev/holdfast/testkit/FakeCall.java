package dev.holdfast.testkit;

import org.jspecify.annotations.Nullable;

/** Describes one call of a fake. */
public final class FakeCall {
  private final String name;
  private final String instanceId;
  private final @Nullable String input;
  private final int number;

  FakeCall(String name, String instanceId, @Nullable String input, int number) {
    this.name = name;
    this.instanceId = instanceId;
    this.input = input;
    this.number = number;
  }

  /** Returns the name of the called activity, orchestrator or operation. */
  public String name() {
    return name;
  }

  /**
   * Returns the instance that made the call; for a fake orchestrator, returns the child's own
   * instance; for a fake entity, returns the entity.
   */
  public String instanceId() {
    return instanceId;
  }

  /** Returns the input as JSON text; null when there is none. */
  public @Nullable String inputJson() {
    return input;
  }

  /** Returns the input, converted as the client library converts it; null when there is none. */
  public <T> @Nullable T input(Class<T> type) {
    return ClientJson.read(input, type);
  }

  /**
   * Returns the number of this call of the fake, from 1. Attempts after a failure count too; a run
   * that is repeated after a crash keeps its number.
   */
  public int number() {
    return number;
  }
}
