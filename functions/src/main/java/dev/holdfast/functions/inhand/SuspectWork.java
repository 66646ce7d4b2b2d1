package dev.holdfast.functions.inhand;

/**
 * Represents work that was running when the process ended, and has not ended since.
 *
 * @param deaths how many times the work was running when the process ended without being ended from
 *     outside
 * @param alone how many times the process ended by itself while only this work ran
 * @param starts how many starts ago the work last ran
 * @param rank the position of the work in the order in which the work at the last death was begun;
 *     work with a higher rank was begun later and so is more suspect
 * @param blocked whether the instance of the work was blocked, so that the work does not run before
 *     a retry
 */
record SuspectWork(Note note, int deaths, int alone, int starts, int rank, boolean blocked) {
  private static final int DEATHS_BEFORE_ALONE = 2;
  private static final int ALONE_BEFORE_BLOCKED = 3;

  /** Returns a suspect for which no death is counted yet. */
  static SuspectWork of(Note note) {
    return new SuspectWork(note, 0, 0, 0, 0, false);
  }

  boolean mustBeAlone() {
    return !isStep() && !blocked && deaths >= DEATHS_BEFORE_ALONE && alone < ALONE_BEFORE_BLOCKED;
  }

  /** Returns whether this is an engine step that ran out of memory, and not user code. */
  boolean isStep() {
    return note.kind() == Note.STEP;
  }

  boolean mustBeBlocked() {
    return !blocked && alone >= ALONE_BEFORE_BLOCKED;
  }

  SuspectWork died(boolean alone, int rank) {
    return new SuspectWork(note, deaths + 1, alone ? this.alone + 1 : this.alone, 0, rank, false);
  }

  SuspectWork notSeen() {
    return new SuspectWork(note, deaths, alone, starts + 1, 0, blocked);
  }

  /** Returns this suspect with its instance blocked. */
  SuspectWork setAside() {
    return new SuspectWork(note, deaths, alone, 0, rank, true);
  }

  /**
   * Returns this suspect after a retry of its instance: the work runs alone at once, and the deaths
   * of the process while it runs alone are counted from 0 again.
   */
  SuspectWork triedAgain() {
    return new SuspectWork(note, DEATHS_BEFORE_ALONE, 0, 0, rank, false);
  }
}
