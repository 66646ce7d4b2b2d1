package dev.holdfast.host.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Lists the statuses that an instance can have, as commands and URLs spell them. */
enum StatusName {
  PENDING("Pending"),
  RUNNING("Running"),
  SUSPENDED("Suspended"),
  COMPLETED("Completed"),
  FAILED("Failed"),
  TERMINATED("Terminated"),
  CANCELED("Canceled"),
  /** This is not a real status: it selects blocked instances of every status. */
  BLOCKED("Blocked");

  private final String word;

  StatusName(String word) {
    this.word = word;
  }

  /** Joins the statuses for the list parameter of a URL. */
  static String list(List<StatusName> statuses) {
    return statuses.stream().map(StatusName::toString).collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    return word;
  }
}
