package dev.holdfast.check;

import java.util.List;

/**
 * Tells what was looked at and what was found.
 *
 * @param orchestrators the names of the orchestrators that were followed
 * @param methods how many methods were looked at
 * @param findings what was found, in the order of the orchestrators and then of the calls
 */
public record Report(List<String> orchestrators, int methods, List<Finding> findings) {
  public Report {
    orchestrators = List.copyOf(orchestrators);
    findings = List.copyOf(findings);
  }
}
