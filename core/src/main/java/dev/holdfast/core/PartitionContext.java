package dev.holdfast.core;

/**
 * Offers what the parts of a partition share: its clock, its random source, its changes, and the
 * ways out.
 */
interface PartitionContext {

  /** Returns the hub's time of the current input, microseconds since the epoch. */
  long now();

  /**
   * Returns a time that no other event of this partition has: now, or just after the previous
   * stamp.
   */
  long stamp();

  long nextToken();

  /** Holds back the activities of this execution that no executor has received yet. */
  void holdBack(String executionId);

  /** Returns whether {@link #nextToken} has given this token since the partition was made. */
  boolean hasGiven(long token);

  /** Reports that the turn of this execution with this token has become void. */
  void withdraw(String executionId, long token);

  long nextKey();

  /** Makes an id of 32 lower-case hex digits, as execution ids have. */
  String newGuid();

  Limits limits();

  Problems problems();

  Changes changes();

  Tracing tracing();

  /** Returns whether a test has broken this on purpose. */
  boolean wounded(Wound wound);

  /** Runs the turn. */
  void open(WorkItem.Turn turn);

  /** Hands a message to another instance, in this partition or another. */
  void hand(Input.ToInstance message);

  /** Sets a timer: adds its row and its wake-up. */
  void setTimer(Resident resident, int timerId, long fireAt);

  /** Puts the resident into memory under its id. */
  void put(Resident resident);

  /** Takes the resident out of memory for good; its rows go with the batch. */
  void remove(Resident resident);
}
