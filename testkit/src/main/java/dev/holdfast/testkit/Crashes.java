package dev.holdfast.testkit;

import dev.holdfast.core.Store;

/** Decides at which writes the process of a test hub dies. */
class Crashes {
  /** Never crashes. */
  static Crashes never() {
    return new Crashes();
  }

  /** Returns whether the process dies before this write, so that it is lost. */
  boolean before(Store.Flush flush) {
    return false;
  }

  /** Returns whether the process dies after this write. */
  boolean after(Store.Flush flush) {
    return false;
  }

  /** Learns that the process has come up again. */
  void reopened() {}
}
