package dev.holdfast.functions.inhand;

/**
 * Work that was in hand when the process ended, and has not come to an end since.
 *
 * @param deaths how often it was in hand when the process ended, without somebody outside ending it
 * @param alone how often the process ended by itself while nothing else ran
 * @param starts how many starts ago it was last in hand
 * @param rank of those in hand at the last death, which was begun later and so is more suspect
 * @param blocked its instance was set aside: it does not run until somebody tries it again
 */
record Suspect(Note note, int deaths, int alone, int starts, int rank, boolean blocked) {
  private static final int DEATHS_BEFORE_ALONE = 2;
  private static final int ALONE_BEFORE_BLOCKED = 3;

  /** One that has met no death yet. */
  static Suspect of(Note note) {
    return new Suspect(note, 0, 0, 0, 0, false);
  }

  boolean mustBeAlone() {
    return !isStep() && !blocked && deaths >= DEATHS_BEFORE_ALONE && alone < ALONE_BEFORE_BLOCKED;
  }

  /** Not user code: a step of the hub for it has found no memory. */
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

  /** Its instance is set aside. */
  Suspect setAside() {
    return new Suspect(note, deaths, alone, 0, rank, true);
  }

  /** Somebody tries it again: it runs alone at once, and its deaths alone count from none. */
  Suspect triedAgain() {
    return new Suspect(note, DEATHS_BEFORE_ALONE, 0, 0, rank, false);
  }
}
