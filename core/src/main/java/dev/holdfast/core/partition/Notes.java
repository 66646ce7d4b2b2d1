package dev.holdfast.core.partition;

import dev.holdfast.core.Times;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TurnNotes;
import dev.holdfast.protocol.UnfitEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the turns of an execution have reported besides their actions, for people who ask why
 * the execution does not continue. The notes decide only one thing: an event that the worker's
 * library has dropped because it does not fit is set aside, so that a later one is taken.
 */
final class Notes {
  private static final int UNFIT_KEPT = 5;

  /**
   * Maps each event that the orchestrator has awaited since the newest turn to the time, in
   * microseconds since the epoch, at which it began to await the event.
   */
  private Map<String, Long> awaits = Map.of();

  private TurnNotes newest = TurnNotes.getDefaultInstance();
  private final Deque<String> unfit = new ArrayDeque<>(1);

  /**
   * Writes the notes of the answer into the events of its turn.
   *
   * @param events OrchestratorStarted and the events that the orchestrator has read after it
   * @return how many events were set aside
   */
  static int write(
      Instance instance, OrchestratorResponse response, boolean ends, List<HistoryEvent> events) {
    if (!response.hasNotes()) {
      return 0;
    }
    int setAside = 0;
    for (UnfitEvent one : response.getNotes().getUnfitList()) {
      setAside += setAside(instance, one, events) ? 1 : 0;
    }
    TurnNotes told = response.getNotes().toBuilder().clearUnfit().build();
    if (!ends && !told.equals(TurnNotes.getDefaultInstance())) {
      HistoryEvent started = events.get(0);
      events.set(
          0,
          started.toBuilder()
              .setOrchestratorStarted(
                  started.getOrchestratorStarted().toBuilder().setNotes(told).build())
              .build());
    }
    return setAside;
  }

  /**
   * Marks the event as unfit. Only events from outside are marked, because an entity cannot send
   * its answer again.
   */
  private static boolean setAside(Instance instance, UnfitEvent one, List<HistoryEvent> events) {
    if (one.getIndex() <= 0 || one.getIndex() >= events.size()) {
      return false;
    }
    HistoryEvent event = events.get(one.getIndex());
    if (event.hasEventRaised() && instance.request(event.getEventRaised().getName()) == null) {
      events.set(
          one.getIndex(),
          event.toBuilder()
              .setEventRaised(event.getEventRaised().toBuilder().setUnfit(one.getReason()))
              .build());
      return true;
    }
    return false;
  }

  /**
   * Describes, for lists of instances, the events that came to the instance and do not fit; "" when
   * all events fit or the turn does not end the execution.
   */
  static String doesNotFit(Instance instance, OrchestratorResponse response) {
    TurnNotes told = response.getNotes();
    if (told.getUnfitCount() > 0) {
      return told.getUnfit(0).getReason();
    }
    if (!told.getStuck().isEmpty()) {
      return told.getStuck();
    }
    return response.getActionsCount() > 0 ? "" : instance.row().state().getDoesNotFit();
  }

  /**
   * Returns the notes once this turn is in history; null when neither this turn nor an earlier one
   * has notes.
   */
  static @Nullable Notes after(@Nullable Notes before, HistoryEvent turn) {
    boolean tells = turn.getOrchestratorStarted().hasNotes();
    if (before == null && !tells) {
      return null;
    }
    Notes notes = before == null ? new Notes() : before;
    notes.newest = turn.getOrchestratorStarted().getNotes();
    long now = Times.micros(turn.getTimestamp());
    Map<String, Long> awaits = new LinkedHashMap<>();
    for (String name : notes.newest.getAwaitsList()) {
      awaits.put(name, notes.awaits.getOrDefault(name, now));
    }
    notes.awaits = awaits;
    return notes;
  }

  /** Adds an event that was set aside and is in history now. */
  static Notes unfit(@Nullable Notes before, HistoryEvent event) {
    Notes notes = before == null ? new Notes() : before;
    if (notes.unfit.size() == UNFIT_KEPT) {
      notes.unfit.removeFirst();
    }
    notes.unfit.add(event.getEventRaised().getUnfit());
    return notes;
  }

  Map<String, Long> awaits() {
    return awaits;
  }

  List<String> kept() {
    return newest.getKeptList();
  }

  @Nullable String stuck() {
    return newest.getStuck().isEmpty() ? null : newest.getStuck();
  }

  List<String> unfit() {
    return List.copyOf(unfit);
  }
}
