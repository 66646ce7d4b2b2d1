package dev.holdfast.functions.durable;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.invoking.LibraryContext;
import dev.holdfast.functions.invoking.Rehearsal;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.TurnNotes;
import dev.holdfast.protocol.UnfitEvent;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds facts to the answer of a turn that only the app's client library knows and no action
 * contains: the events that the orchestrator awaits, the events that have arrived and are kept, and
 * whether the orchestrator waits in vain.
 */
final class Awaiting {
  private static final Logger log = LoggerFactory.getLogger("Host.Functions");
  private static final int NAMES_MAX = 20;
  private static final int NAME_LENGTH_MAX = 256;

  private final FunctionLog functionLog;

  Awaiting(FunctionLog functionLog) {
    this.functionLog = functionLog;
  }

  /**
   * Returns the answer with these facts as notes. When the library dropped the message that the
   * orchestrator waited for and no other message is expected, the instance is blocked and the turn
   * does not count: once the code has the right type, the turn runs again and finds the message.
   *
   * @param value the request as the function received it
   */
  Answer noted(
      WorkItem.Turn turn,
      FunctionPlan plan,
      Wire value,
      Invocation invocation,
      OrchestratorResponse response) {
    Object context = invocation.replaced();
    LibraryContext library = context == null ? null : LibraryContext.of(context);
    if (context == null || library == null || TurnRunner.ends(response)) {
      return new Answer.TurnDone(turn, response);
    }
    TurnNotes notes;
    try {
      Look look = new Look(turn, plan, value, invocation, context, library);
      notes = look.notes(response);
      if (look.misfit != null) {
        return new Answer.Blocked(turn, look.misfit);
      }
    } catch (RuntimeException | LinkageError | IOException e) {
      // The turn is answered even when the library's version is so different that its fields cannot
      // be read.
      log.debug("What instance {} awaits cannot be told.", turn.instanceId(), e);
      return new Answer.TurnDone(turn, response);
    }
    return new Answer.TurnDone(
        turn,
        notes.equals(TurnNotes.getDefaultInstance())
            ? response
            : response.toBuilder().setNotes(notes).build());
  }

  /** Examines the outcome of one turn. */
  private final class Look {
    private final WorkItem.Turn turn;
    private final FunctionPlan plan;
    private final Wire value;
    private final Invocation invocation;
    private final Object context;
    private final LibraryContext library;
    private final Set<String> awaited;
    private @Nullable Blocked misfit;

    Look(
        WorkItem.Turn turn,
        FunctionPlan plan,
        Wire value,
        Invocation invocation,
        Object context,
        LibraryContext library) {
      this.turn = turn;
      this.plan = plan;
      this.value = value;
      this.invocation = invocation;
      this.context = context;
      this.library = library;
      this.awaited = library.awaited(context);
    }

    TurnNotes notes(OrchestratorResponse response) throws IOException {
      Set<String> kept = library.kept(context, NAMES_MAX);
      boolean mayBeInVain = response.getActionsCount() == 0;
      if (awaited.isEmpty() && kept.isEmpty() && !mayBeInVain) {
        return TurnNotes.getDefaultInstance();
      }
      TurnNotes.Builder notes = TurnNotes.newBuilder();
      if (mayBeInVain) {
        lookForLost(notes);
      }
      awaited.stream().limit(NAMES_MAX).map(Awaiting::cut).forEach(notes::addAwaits);
      kept.stream().map(Awaiting::cut).forEach(notes::addKept);
      return notes.build();
    }

    /**
     * Finds out why a turn asked for nothing: either all messages that the orchestrator waits for
     * are still missing, or the library dropped one.
     */
    private void lookForLost(TurnNotes.Builder notes) throws IOException {
      List<HistoryEvent> fresh = fresh();
      boolean nothingOpen = awaited.isEmpty() && !library.hasOpen(context);
      if (!nothingOpen && !isSuspicious(fresh)) {
        return;
      }
      Rehearsal.Lost lost = Rehearsal.of(plan, value);
      if (lost != null) {
        lost(lost, fresh, nothingOpen, notes);
      } else if (nothingOpen) {
        notes.setStuck(
            "its orchestrator waits"
                + place()
                + " for a task that nothing will ever complete. Correct its code, and terminate"
                + " this instance");
      }
    }

    /** Returns whether an awaited message came in this turn although the turn asked for nothing. */
    private boolean isSuspicious(List<HistoryEvent> fresh) throws InvalidProtocolBufferException {
      boolean results = awaited.isEmpty() && !library.hasOpenBesidesTimers(context);
      Set<String> lying = null;
      for (HistoryEvent event : fresh) {
        if (event.hasEventRaised()) {
          lying = lying == null ? library.kept(context, Integer.MAX_VALUE) : lying;
          String name = event.getEventRaised().getName();
          if (!lying.contains(name) && !awaited.contains(name)) {
            return !awaitsMoreThanBefore();
          }
        } else if (results
            && (event.hasTaskCompleted() || event.hasSubOrchestrationInstanceCompleted())) {
          return true;
        }
      }
      return false;
    }

    /**
     * Returns whether the orchestrator awaits an event that it did not await after the last turn,
     * which shows that it has continued.
     */
    private boolean awaitsMoreThanBefore() throws InvalidProtocolBufferException {
      Set<String> before = new HashSet<>();
      for (HistoryEvent event : OrchestratorRequest.parseFrom(turn.request()).getPastEventsList()) {
        if (event.hasOrchestratorStarted()) {
          before.clear();
          before.addAll(event.getOrchestratorStarted().getNotes().getAwaitsList());
        }
      }
      return !before.containsAll(awaited);
    }

    private void lost(
        Rehearsal.Lost lost,
        List<HistoryEvent> fresh,
        boolean nothingOpen,
        TurnNotes.Builder notes) {
      int index = lost.kind() == Rehearsal.Lost.Kind.EVENT ? indexOf(lost.name(), fresh) : -1;
      if (index >= 0) {
        String reason =
            "An event '"
                + lost.name()
                + "' was set aside: its payload cannot be read as "
                + lost.type()
                + ", for which '"
                + turn.name()
                + "' asks. Raise it again with one that can: ./holdfast raise "
                + turn.instanceId()
                + " "
                + lost.name()
                + " JSON";
        notes.addUnfit(UnfitEvent.newBuilder().setIndex(index).setReason(reason));
        awaited.add(lost.name());
        warn(reason);
        return;
      }
      String what =
          switch (lost.kind()) {
            case EVENT -> "an event '" + lost.name() + "'";
            case ACTIVITY -> "the result of activity '" + lost.name() + "'";
            case CHILD -> "the output of sub-orchestration '" + lost.name() + "'";
          };
      String reason =
          what
              + " has come, but cannot be read as "
              + lost.type()
              + ", for which '"
              + turn.name()
              + "' asks"
              + place()
              + "; its client library drops it and waits for ever. Correct the type in the code and"
              + " start the host with it"
              + (nothingOpen
                  ? "; then: ./holdfast retry " + turn.instanceId()
                  : ": the next turn finds it then");
      if (nothingOpen) {
        misfit = Blocked.now(Blocked.Kind.DOES_NOT_FIT, reason, Blocked.step(turn));
      } else {
        notes.setStuck(reason);
      }
    }

    private void warn(String text) {
      functionLog.say(
          new FunctionLog.Entry(
              Instant.now(),
              FunctionLog.Severity.WARNING,
              invocation.getFunctionName(),
              invocation.getInvocationId(),
              text,
              null,
              FunctionLog.Work.of(turn.instanceId())));
    }

    /** Returns the place in the code at which the orchestrator waits. */
    private String place() {
      Throwable blocked = invocation.userFailure();
      if (blocked != null) {
        for (StackTraceElement frame : blocked.getStackTrace()) {
          boolean library =
              frame.getClassName().startsWith("com.microsoft.durabletask.")
                  || frame.getClassName().startsWith("java.");
          if (!library) {
            return " at " + frame.getFileName() + ":" + frame.getLineNumber();
          }
        }
      }
      return "";
    }

    /** Returns the new events of this turn, without parsing the past ones. */
    private List<HistoryEvent> fresh() throws IOException {
      List<HistoryEvent> fresh = new ArrayList<>(4);
      CodedInputStream in = turn.request().newCodedInput();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag >>> 3 == OrchestratorRequest.NEWEVENTS_FIELD_NUMBER) {
          fresh.add(HistoryEvent.parseFrom(in.readBytes()));
        } else {
          in.skipField(tag);
        }
      }
      return fresh;
    }
  }

  /**
   * Returns the index of the first new event with this name. Only the first of the new events with
   * this name is meant, because the library keeps the later ones.
   */
  private static int indexOf(String name, List<HistoryEvent> fresh) {
    for (int i = 0; i < fresh.size(); i++) {
      if (fresh.get(i).hasEventRaised() && fresh.get(i).getEventRaised().getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static String cut(String name) {
    return name.length() <= NAME_LENGTH_MAX ? name : name.substring(0, NAME_LENGTH_MAX);
  }
}
