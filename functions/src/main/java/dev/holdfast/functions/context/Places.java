package dev.holdfast.functions.context;

/**
 * Says how many functions of an app run at once.
 *
 * @param activities the limit for activities
 * @param orchestrators the limit for orchestrator turns
 * @param entities the limit for entities that run a batch of operations
 */
public record Places(int activities, int orchestrators, int entities) {
  private static final int PER_CORE = 10;

  /** Returns the limits that a host with an empty host.json has on this machine. */
  public static Places ofThisMachine() {
    int each = PER_CORE * Runtime.getRuntime().availableProcessors();
    return new Places(each, each, each);
  }
}
