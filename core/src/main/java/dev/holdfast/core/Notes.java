package dev.holdfast.core;

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
 * What the turns of an execution have told beyond what they asked for, for people who ask why it is
 * where it is. Nothing is decided by it but one thing: an event that the library of the worker has
 * dropped because it does not fit is set aside, so that a later one is taken.
 */
final class Notes {
  private static final int UNFIT_KEPT = 5;

  /** The events awaited since the newest turn, each with the time since when, in microseconds. */
  private Map<String, Long> awaits = Map.of();

  private TurnNotes newest = TurnNotes.getDefaultInstance();
  private final Deque<String> unfit = new ArrayDeque<>(1);

  /**
   * Writes what the answer tells into the events of its turn.
   *
   * @param events OrchestratorStarted and what the orchestrator has read after it
   */
  static void write(
      Instance instance, OrchestratorResponse response, boolean ends, List<HistoryEvent> events) {
    if (!response.hasNotes()) {
      return;
    }
    for (UnfitEvent one : response.getNotes().getUnfitList()) {
      setAside(instance, one, events);
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
  }

  /** Only what comes from outside: the answer of an entity cannot be sent again. */
  private static void setAside(Instance instance, UnfitEvent one, List<HistoryEvent> events) {
    if (one.getIndex() <= 0 || one.getIndex() >= events.size()) {
      return;
    }
    HistoryEvent event = events.get(one.getIndex());
    if (event.hasEventRaised() && instance.request(event.getEventRaised().getName()) == null) {
      events.set(
          one.getIndex(),
          event.toBuilder()
              .setEventRaised(event.getEventRaised().toBuilder().setUnfit(one.getReason()))
              .build());
    }
  }

  /**
   * What came to the instance and does not fit, as lists show it: in words, "" when there is
   * nothing of that kind, or when the turn goes on.
   */
  static String doesNotFit(Instance instance, OrchestratorResponse response) {
    TurnNotes told = response.getNotes();
    if (told.getUnfitCount() > 0) {
      return told.getUnfit(0).getReason();
    }
    if (!told.getStuck().isEmpty()) {
      return told.getStuck();
    }
    return response.getActionsCount() > 0 ? "" : instance.row.state().getDoesNotFit();
  }

  /** A turn is in history; null when neither it nor those before told anything. */
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

  /** An event that was set aside is in history. */
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
