package dev.holdfast.check;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Describes a place at which an orchestrator breaks a rule.
 *
 * @param rule the rule that is broken
 * @param orchestrator the name of the orchestrator from which the place was reached first
 * @param place the place in the code
 * @param what the code at the place, such as {@code Instant.now()}
 * @param cure the cure, in the imperative and without a full stop
 * @param path the calls that lead from the orchestrator to the place, the orchestrator's own first;
 *     empty when the place is in the orchestrator itself
 */
public record Finding(
    Rule rule, String orchestrator, Place place, String what, String cure, List<Place> path) {

  public Finding {
    path = List.copyOf(path);
  }

  /**
   * Names a line of code.
   *
   * @param className the class, with its package and with dots
   * @param method the method's name
   * @param file the name of the source file, or of the class when the file is not known
   * @param line the line in the file; 0 when the line is not known
   */
  public record Place(String className, String method, String file, int line) {
    @Override
    public String toString() {
      return className + "." + method + "(" + file + (line > 0 ? ":" + line : "") + ")";
    }
  }

  /** Returns the finding as a text of a few lines for people. */
  public String text() {
    String way =
        path.isEmpty()
            ? ""
            : System.lineSeparator()
                + "    called by "
                + path.stream().map(Place::toString).collect(Collectors.joining(", then "));
    return "%s: %s in orchestrator '%s'%n    at %s%s%n    %s.%n    Instead, %s."
        .formatted(rule.word(), what, orchestrator, place, way, rule.why(), cure);
  }
}
