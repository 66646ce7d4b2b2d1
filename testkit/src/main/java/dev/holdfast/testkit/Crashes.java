package dev.holdfast.testkit;

import dev.holdfast.core.Store;

/** Decides at which writes the process of a test hub dies. */
class Crashes {
  /** Returns a plan without crashes. */
  static Crashes never() {
    return new Crashes();
  }

  /** Returns whether the process dies before this write, so that the write is lost. */
  boolean before(Store.Flush flush) {
    return false;
  }

  /** Returns whether the process dies after this write. */
  boolean after(Store.Flush flush) {
    return false;
  }

  /** Notes that the process has been started again. */
  void reopened() {}
}
