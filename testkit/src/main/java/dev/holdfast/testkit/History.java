package dev.holdfast.testkit;

import dev.holdfast.protocol.HistoryEvent;
import java.nio.file.Path;
import java.util.List;

/**
 * Holds the history of an instance as the engine stores it. After continue-as-new, it is the
 * history of the current execution.
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

  /** Returns the id of the instance that has this history. */
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

  /** Returns one line of text for each event. The lines are equal for all runs of the same code. */
  public List<String> lines() {
    return HistoryText.lines(instanceId, events);
  }

  /**
   * Writes the whole history into a file, in the format that {@link ReplayOf} reads; an existing
   * file is replaced.
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
