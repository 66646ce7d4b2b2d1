package dev.holdfast.functions.durable;

import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the steps that a history holds with the steps that the code asks for when it replays
 * that history. The comparison goes turn by turn and looks at the kind, name and number of each
 * step.
 */
final class Replay {

  private Replay() {}

  /** Returns for each event the turn to which it belongs, counted from 0. */
  static int[] turns(List<HistoryEvent> past) {
    int[] turns = new int[past.size()];
    int turn = -1;
    for (int i = 0; i < turns.length; i++) {
      if (past.get(i).hasOrchestratorStarted()) {
        turn++;
      }
      turns[i] = turn;
    }
    return turns;
  }

  /** Returns the steps that a history holds, in order. */
  static List<Step> recorded(List<HistoryEvent> past, int[] turns) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < turns.length; i++) {
      Step step = Step.of(turns[i], past.get(i));
      if (step != null) {
        steps.add(step);
      }
    }
    return steps;
  }

  /**
   * Describes the first difference between history and code, as a clause with both sides; null when
   * there is none.
   *
   * @param recorded the steps of the history
   * @param asked the steps that the code asked for during the turns of the history; later steps are
   *     not compared
   * @param failure the exception of the code, when it failed during those turns
   */
  static @Nullable String difference(
      List<Step> recorded, List<Step> asked, @Nullable Throwable failure) {
    int i = 0;
    while (i < recorded.size() && i < asked.size()) {
      Step was = recorded.get(i);
      Step now = asked.get(i);
      if (was.turn() < now.turn()) {
        return missing(i, was, asked.subList(i, asked.size()));
      }
      if (now.turn() < was.turn()) {
        return added(i, recorded, now, failure);
      }
      if (!was.isSame(now)) {
        return other(i, was, now, failure);
      }
      i++;
    }
    if (i < recorded.size()) {
      return missing(i, recorded.get(i), List.of());
    }
    return i < asked.size() ? added(i, recorded, asked.get(i), failure) : null;
  }

  private static String other(int index, Step was, Step now, @Nullable Throwable failure) {
    if (was.isLike(now)) {
      return "step %d was %s with number %d, the code now gives it number %d: something that takes a number, such as a wait for an event, was put before it or taken away"
          .formatted(index + 1, was.noun(), was.id(), now.id());
    }
    return "step %d was %s, the code now %s".formatted(index + 1, was.noun(), doing(now, failure));
  }

  private static String missing(int index, Step was, List<Step> rest) {
    boolean later = rest.stream().anyMatch(was::isLike);
    return "step %d was %s, the code now %s"
        .formatted(
            index + 1,
            was.noun(),
            later
                ? "asks for it only later"
                : "asks for nothing there: it waits for something else, or has left the step out");
  }

  private static String added(
      int index, List<Step> recorded, Step now, @Nullable Throwable failure) {
    for (Step step : recorded.subList(index, recorded.size())) {
      if (step.isSame(now)) {
        return "step %d was %s, asked for only when the answer to an earlier one was there; the code now %s before that"
            .formatted(index + 1, step.noun(), now.verb());
      }
    }
    String before =
        index == 0
            ? "the history has no step there"
            : "step %d, %s, was the last one there"
                .formatted(index, recorded.get(index - 1).noun());
    return before + ", the code now %s as well".formatted(doing(now, failure));
  }

  private static String doing(Step now, @Nullable Throwable failure) {
    return now.kind() == Step.Kind.FAILURE && failure != null
        ? now.verb() + " (" + failure.getClass().getName() + ")"
        : now.verb();
  }
}
