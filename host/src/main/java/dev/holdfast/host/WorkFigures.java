package dev.holdfast.host;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.server.metrics.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Returns figures about the work of the engine and the app. */
final class WorkFigures {

  private WorkFigures() {}

  /** Returns figures of how much work waits for a free place in an executor. */
  static List<Figure> waiting(Engine engine) {
    List<Figure> figures = new ArrayList<>();
    for (Engine.Waiting one : engine.work()) {
      figures.add(
          new Figure(
              "holdfast_work_waiting",
              "Work that waits for a place",
              kind(one.kind()),
              one.waiting()));
    }
    return figures;
  }

  /** Returns the figures of the local app. */
  static List<Figure> of(FunctionApp app) {
    List<Figure> queued = new ArrayList<>();
    List<Figure> running = new ArrayList<>();
    List<Figure> held = new ArrayList<>();
    for (var one : app.figures()) {
      SortedMap<String, String> kind = kind(one.kind());
      queued.add(
          new Figure(
              "holdfast_work_queued", "Work that the app has not begun", kind, one.queued()));
      running.add(
          new Figure("holdfast_work_running", "Work that the app runs", kind, one.running()));
      held.add(
          new Figure(
              "holdfast_places_held", "Work that the app has run for long", kind, one.held()));
    }
    List<Figure> figures = new ArrayList<>(queued);
    figures.addAll(running);
    figures.addAll(held);
    figures.add(
        Figure.of(
            "holdfast_work_held_up",
            "Work that waits while work that may end the process runs alone",
            app.heldUp()));
    figures.addAll(lost(app));
    return figures;
  }

  private static List<Figure> lost(FunctionApp app) {
    Map<String, Long> byFunction = new TreeMap<>();
    for (TimeLimit.Lost one : app.lostThreads()) {
      byFunction.merge(one.function(), 1L, Long::sum);
    }
    List<Figure> figures = new ArrayList<>();
    String help = "Threads of functions that go on although they were interrupted";
    if (byFunction.isEmpty()) {
      figures.add(Figure.of("holdfast_lost_threads", help, 0));
    }
    byFunction.forEach(
        (name, count) ->
            figures.add(new Figure("holdfast_lost_threads", help, label("function", name), count)));
    return figures;
  }

  private static SortedMap<String, String> kind(WorkItem.Kind kind) {
    return label("kind", kind.word());
  }

  private static SortedMap<String, String> label(String name, String value) {
    SortedMap<String, String> labels = new TreeMap<>();
    labels.put(name, Printable.text(value));
    return labels;
  }
}
