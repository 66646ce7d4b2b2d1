package dev.holdfast.core;

/** What the parts of a partition share: its clock, its dice, its changes, and the ways out. */
interface PartitionContext {

  /** The hub's time of the input at hand, microseconds since the epoch. */
  long now();

  /** A time that no other event of this partition has: now, or just after the one given last. */
  long stamp();

  long nextToken();

  /** What nobody has got yet of the activities of this execution must not be handed out. */
  void holdBack(String executionId);

  /** Whether {@link #nextToken} has given this one since the process began. */
  boolean hasGiven(long token);

  /** The turn of this execution with this token has become void. */
  void withdraw(String executionId, long token);

  long nextKey();

  /** 32 lower-case hex digits, as execution ids have. */
  String newGuid();

  Limits limits();

  Problems problems();

  Changes changes();

  Tracing tracing();

  /** Whether a test has broken this on purpose. */
  boolean wounded(Wound wound);

  /** Runs the turn. */
  void open(WorkItem.Turn turn);

  /** A message to another instance, wherever it lives. */
  void hand(Input.ToInstance message);

  /** Sets a timer: a row, and a wake-up. */
  void setTimer(Resident resident, int timerId, long fireAt);

  /** Puts it into memory under its id. */
  void put(Resident resident);

  /** Takes it out of memory for good: its rows go with the batch. */
  void remove(Resident resident);
}
