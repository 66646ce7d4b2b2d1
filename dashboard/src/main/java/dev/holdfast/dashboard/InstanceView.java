package dev.holdfast.dashboard;

import dev.holdfast.dashboard.shown.Equal;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the content of the page of an instance.
 *
 * @param id the unchanged id, which templates put only into fields of forms
 * @param done a sentence that says what an action has just done; "" when there was no action
 * @param why the explanation of what the instance waits for, in the words of {@code holdfast why}
 * @param rows a window of the history
 * @param events the number of all events in the history
 */
public record InstanceView(
    String id,
    String title,
    InstanceRow head,
    String done,
    String why,
    List<Waiting> waiting,
    String lastError,
    List<String> notices,
    @Nullable Linked parent,
    List<Linked> children,
    List<Fact> tags,
    List<Payload> payloads,
    List<Bar> bars,
    List<HistoryRows.Row> rows,
    int first,
    int events,
    String earlier,
    String later,
    List<Action> actions,
    Equal equalWhy) {

  /** Returns the link to the stream that tells of changes. */
  public String live() {
    return Links.of("live", "id", id);
  }

  /** Returns the link to the bars for the script. */
  public String timeline() {
    return Links.of("timeline", "id", id);
  }

  /** Describes one thing that the instance waits for. */
  public record Waiting(
      String kind, String what, @Nullable Moment since, @Nullable Moment until, String detail) {}

  /** Holds a link to another instance. */
  public record Linked(String id, String link, String name) {}

  /** Holds a name and its value. */
  public record Fact(String name, String value) {}

  /**
   * Holds an input, an output or a custom status.
   *
   * @param text the payload with line breaks, cut when it is long
   * @param link the link that downloads the unchanged payload
   */
  public record Payload(String title, String text, String link, int characters) {}

  /**
   * Holds a button with its form.
   *
   * @param path the page to which the form is sent
   * @param help what the action does, in a sentence
   * @param danger whether the action cannot be undone
   * @param fields the fields of the form
   */
  public record Action(
      String path, String title, String help, boolean danger, List<Field> fields, Equal equal) {}

  /**
   * Holds a field of a form.
   *
   * @param kind the kind of the field: text, area or check
   */
  public record Field(String name, String label, String kind, String value, boolean required) {}
}
