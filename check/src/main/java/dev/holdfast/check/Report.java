package dev.holdfast.check;

import java.util.List;

/**
 * Holds the result of a check.
 *
 * @param orchestrators the names of the checked orchestrators
 * @param methods the number of checked methods
 * @param findings the findings in the order of the orchestrators and then of the calls
 */
public record Report(List<String> orchestrators, int methods, List<Finding> findings) {
  public Report {
    orchestrators = List.copyOf(orchestrators);
    findings = List.copyOf(findings);
  }
}
