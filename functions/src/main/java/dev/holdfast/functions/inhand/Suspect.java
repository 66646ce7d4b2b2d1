package dev.holdfast.functions.inhand;

/**
 * Work that was in hand when the process ended, and has not come to an end since.
 *
 * @param deaths how often it was in hand when the process ended, without somebody outside ending it
 * @param alone how often the process ended by itself while nothing else ran
 * @param starts how many starts ago it was last in hand
 * @param rank of those in hand at the last death, which was begun later and so is more suspect
 */
record Suspect(Note note, int deaths, int alone, int starts, int rank) {
  private static final int DEATHS_BEFORE_ALONE = 2;
  private static final int ALONE_BEFORE_BLOCKED = 3;

  boolean mustBeAlone() {
    return deaths >= DEATHS_BEFORE_ALONE;
  }

  boolean mustBeBlocked() {
    return alone >= ALONE_BEFORE_BLOCKED;
  }

  Suspect died(boolean alone, int rank) {
    return new Suspect(note, deaths + 1, alone ? this.alone + 1 : this.alone, 0, rank);
  }

  Suspect notSeen() {
    return new Suspect(note, deaths, alone, starts + 1, 0);
  }

  /** After somebody tries it again, one more end of the process is enough. */
  Suspect onProbation() {
    return new Suspect(note, deaths, ALONE_BEFORE_BLOCKED - 1, 0, rank);
  }
}
