package dev.holdfast.testkit;

import dev.holdfast.protocol.HistoryEvent;
import java.nio.file.Path;
import java.util.List;

/**
 * The history of an instance, as the engine keeps it: the one of its current execution, after a
 * continue-as-new.
 */
public final class History {
  private final String instanceId;
  private final String orchestrator;
  private final List<HistoryEvent> events;

  History(String instanceId, String orchestrator, List<HistoryEvent> events) {
    this.instanceId = instanceId;
    this.orchestrator = orchestrator;
    this.events = List.copyOf(events);
  }

  /** Returns the instance whose history this is. */
  public String instanceId() {
    return instanceId;
  }

  /** Returns the name of the orchestrator. */
  public String orchestrator() {
    return orchestrator;
  }

  List<HistoryEvent> events() {
    return events;
  }

  /**
   * Returns what happened, a line for each event, in words that are the same for each run of the
   * same code.
   */
  public List<String> lines() {
    return HistoryText.lines(instanceId, events);
  }

  /**
   * Writes the whole history into a file, in the format that {@link ReplayOf} reads; a file that is
   * there is replaced.
   *
   * @throws java.io.UncheckedIOException the file cannot be written
   */
  public void writeTo(Path file) {
    HistoryFile.write(this, file);
  }

  /** Returns the lines, each on a line of its own. */
  @Override
  public String toString() {
    return String.join("\n", lines());
  }
}
