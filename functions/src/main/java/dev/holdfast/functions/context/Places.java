package dev.holdfast.functions.context;

/**
 * Says how much of an app runs at once.
 *
 * @param activities the most activities
 * @param orchestrators the most orchestrator turns
 * @param entities the most entities that run a batch of operations
 */
public record Places(int activities, int orchestrators, int entities) {
  private static final int PER_CORE = 10;

  /** Returns the places that a host whose host.json is empty has on this machine. */
  public static Places ofThisMachine() {
    int each = PER_CORE * Runtime.getRuntime().availableProcessors();
    return new Places(each, each, each);
  }
}
