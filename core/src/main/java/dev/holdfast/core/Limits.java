package dev.holdfast.core;

/**
 * Holds all limits of a partition. Defaults are in {@link #DEFAULT}; users set them in {@code
 * host.json} under {@code extensions.holdfast}. Durations are microseconds.
 *
 * @param instanceIdMax characters of an instance id that a client chooses
 * @param nameMax characters of an orchestrator's or event's name that a client sends
 * @param payloadMax bytes (UTF-8) of one text that a client sends: input, event, reason
 * @param inboxMax unread messages per instance; more are refused with OVERLOADED
 * @param activeInstances instances with open work in memory per partition; more wait in the store
 * @param idleInstances instances kept in memory without open work, per partition
 * @param timersInMemory timers loaded ahead of time, per partition
 * @param timerHorizon how far ahead timers are loaded
 * @param inboxDelay how long a message that can be produced again may go without a row
 * @param commitDelay how long a message whose acknowledgement waits may go without a row
 * @param maxEntityOperationBatchSize operations that an entity's executor gets at a time
 * @param historyWarning history events of one execution after which a warning names continue-as-new
 * @param residentBytesMax bytes of instances in memory per partition, counted by their payloads;
 *     beyond this limit, instances without open work are forgotten and instances that begin wait in
 *     the store
 */
public record Limits(
    int instanceIdMax,
    int nameMax,
    int payloadMax,
    int inboxMax,
    int activeInstances,
    int idleInstances,
    int timersInMemory,
    long timerHorizon,
    long inboxDelay,
    long commitDelay,
    int maxEntityOperationBatchSize,
    int historyWarning,
    long residentBytesMax) {

  /** Makes limits with the default for {@code residentBytesMax}. */
  public Limits(
      int instanceIdMax,
      int nameMax,
      int payloadMax,
      int inboxMax,
      int activeInstances,
      int idleInstances,
      int timersInMemory,
      long timerHorizon,
      long inboxDelay,
      long commitDelay,
      int maxEntityOperationBatchSize,
      int historyWarning) {
    this(
        instanceIdMax,
        nameMax,
        payloadMax,
        inboxMax,
        activeInstances,
        idleInstances,
        timersInMemory,
        timerHorizon,
        inboxDelay,
        commitDelay,
        maxEntityOperationBatchSize,
        historyWarning,
        256L << 20);
  }

  /** Returns these limits with another limit for the bytes of instances in memory. */
  public Limits withResidentBytesUpTo(long bytes) {
    return new Limits(
        instanceIdMax,
        nameMax,
        payloadMax,
        inboxMax,
        activeInstances,
        idleInstances,
        timersInMemory,
        timerHorizon,
        inboxDelay,
        commitDelay,
        maxEntityOperationBatchSize,
        historyWarning,
        Math.min(residentBytesMax, bytes));
  }

  public static final Limits DEFAULT =
      new Limits(
          100,
          256,
          4 << 20,
          10_000,
          10_000,
          2_000,
          20_000,
          60 * Times.SECOND,
          10 * Times.MILLI,
          Times.MILLI,
          1_000,
          10_000);
}
