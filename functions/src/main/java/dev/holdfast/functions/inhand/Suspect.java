package dev.holdfast.functions.inhand;

/**
 * Represents work that was in hand when the process ended, and has not come to an end since.
 *
 * @param deaths how often the work was in hand when the process ended without being ended from
 *     outside
 * @param alone how often the process ended by itself while nothing else ran
 * @param starts how many starts ago the work was last in hand
 * @param rank the order in which the work in hand at the last death was begun; work with a higher
 *     rank was begun later and so is more suspect
 * @param blocked whether its instance was blocked: it does not run until it is retried
 */
record Suspect(Note note, int deaths, int alone, int starts, int rank, boolean blocked) {
  private static final int DEATHS_BEFORE_ALONE = 2;
  private static final int ALONE_BEFORE_BLOCKED = 3;

  /** Returns a suspect that has met no death yet. */
  static Suspect of(Note note) {
    return new Suspect(note, 0, 0, 0, 0, false);
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

  Suspect died(boolean alone, int rank) {
    return new Suspect(note, deaths + 1, alone ? this.alone + 1 : this.alone, 0, rank, false);
  }

  Suspect notSeen() {
    return new Suspect(note, deaths, alone, starts + 1, 0, blocked);
  }

  /** Returns this suspect with its instance blocked. */
  Suspect setAside() {
    return new Suspect(note, deaths, alone, 0, rank, true);
  }

  /**
   * Returns this suspect after a retry of its instance: it runs alone at once, and its deaths while
   * alone are counted from 0 again.
   */
  Suspect triedAgain() {
    return new Suspect(note, DEATHS_BEFORE_ALONE, 0, 0, rank, false);
  }
}
