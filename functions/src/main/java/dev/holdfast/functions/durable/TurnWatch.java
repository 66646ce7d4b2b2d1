package dev.holdfast.functions.durable;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.invoking.CodeWatch;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorAction;
import java.lang.reflect.Method;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches the library during one turn: it records when the code asked for which step, and whether
 * the code let the exception pass with which the library pauses it.
 *
 * <p>At each step of a replay, the library asks whether there is a next event, and takes it. The
 * watch replaces the library's lists of events by lists that record what was taken from them, which
 * shows how far the replay has come.
 */
final class TurnWatch implements CodeWatch, ContextInsides.Instead {
  /**
   * Holds the beginning of the name of the exception with which a library pauses an orchestrator;
   * the exception was renamed once.
   */
  private static final String PAUSE = "OrchestratorBlocked";

  private static final int LIVE = -1;

  private final ReplayChecks checks;
  private final @Nullable List<HistoryEvent> past;
  private final List<Asked> asked = new ArrayList<>(0);
  private boolean replaced;
  private boolean codeEnded;

  /**
   * Holds the index of the recorded event that was taken last; {@link #LIVE} once all events were
   * taken.
   */
  private int at = LIVE;

  /** Counts how many times the library found, while the code ran, that no event was left. */
  private int pauses;

  private boolean askedAfterPause;
  private boolean swallowed;
  private @Nullable Throwable thrown;

  private record Asked(int at, Object action) {}

  /**
   * Creates the watch of one turn.
   *
   * @param past the recorded events to compare the code with; null when the code need not be
   *     compared
   */
  TurnWatch(ReplayChecks checks, @Nullable List<HistoryEvent> past) {
    this.checks = checks;
    this.past = past;
  }

  @Override
  public void given(@Nullable Object value) {
    if (value == null || replaced) {
      return;
    }
    ContextInsides insides = checks.insides(value);
    if (insides != null) {
      try {
        insides.replace(value, this);
        replaced = true;
      } catch (IllegalAccessException e) {
        checks.isUnknown(value.getClass());
      }
    }
  }

  @Override
  public void ended(@Nullable Throwable failure) {
    codeEnded = true;
    thrown = failure;
    boolean paused = failure != null && isPause(failure);
    swallowed = paused ? pauses > 1 || askedAfterPause : pauses > 0;
  }

  private static boolean isPause(Throwable failure) {
    return failure.getClass().getSimpleName().startsWith(PAUSE);
  }

  /**
   * Returns whether the code was compared with the history in this turn, or need not be compared.
   */
  boolean isConclusive() {
    return past == null || replaced;
  }

  /** Returns why the answer of this turn must not count; null when it may count. */
  @Nullable Blocked verdict(WorkItem.Turn turn) {
    String difference = difference();
    if (difference != null) {
      return Blocked.now(
          Blocked.Kind.CODE_CHANGED,
          "the code no longer does what the history of the instance says: "
              + difference
              + ". Nothing of this turn was kept. Put code in place that begins with the steps of"
              + " the history, and give changed orchestrators another name or version; then:"
              + " ./holdfast retry "
              + turn.instanceId(),
          Blocked.step(turn));
    }
    return swallowed
        ? Blocked.now(
            Blocked.Kind.CATCHES_PAUSE,
            "the code caught the exception by which await() pauses it ("
                + PAUSE
                + "Exception) and went on, or began a step in a finally block while that passed."
                + " Nothing of this turn was kept. Catch TaskFailedException instead of Exception,"
                + " RuntimeException or Throwable around await(), or let that exception pass; then:"
                + " ./holdfast retry "
                + turn.instanceId(),
            Blocked.step(turn))
        : null;
  }

  /**
   * Describes where history and code differ, as a clause; null when they do not differ or were not
   * compared.
   */
  private @Nullable String difference() {
    if (past == null || !replaced) {
      return null;
    }
    int[] turns = Replay.turns(past);
    List<Step> steps = new ArrayList<>(asked.size());
    for (Asked one : asked) {
      Step step = Step.of(turns[one.at()], action(one.action()));
      if (step != null && !(step.kind() == Step.Kind.FAILURE && isLibrarys(thrown))) {
        steps.add(step);
      }
    }
    return Replay.difference(Replay.recorded(past, turns), steps, thrown);
  }

  /**
   * Returns whether the library, and not the code, has failed because of the history. It may have
   * failed in a check of its own, which the comparison explains better, or because it does not know
   * an event.
   */
  private static boolean isLibrarys(@Nullable Throwable failure) {
    if (failure == null || failure.getStackTrace().length == 0) {
      return false;
    }
    return failure.getClass().getSimpleName().startsWith("NonDeterministic")
        || (failure instanceof IllegalStateException
            && failure.getStackTrace()[0].getMethodName().equals("processEvent"));
  }

  /** Converts an action through its bytes, because its class comes from the app's class loader. */
  private static OrchestratorAction action(Object theirs) {
    try {
      Method toBytes = theirs.getClass().getMethod("toByteArray");
      return OrchestratorAction.parseFrom((byte[]) toBytes.invoke(theirs));
    } catch (ReflectiveOperationException | InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "The library's actions cannot be read: " + theirs.getClass().getName(), e);
    }
  }

  @Override
  public Map<Object, Object> actions() {
    return new Actions();
  }

  /**
   * Replaces the library's map of those actions that the code has asked for and the history has not
   * confirmed yet.
   */
  private final class Actions extends LinkedHashMap<Object, Object> {
    private static final long serialVersionUID = 1L;

    @Override
    public @Nullable Object put(Object id, Object action) {
      if (past != null && at != LIVE) {
        asked.add(new Asked(at, action));
      }
      if (pauses > 0 && !codeEnded && isWork(action)) {
        askedAfterPause = true;
      }
      return super.put(id, action);
    }
  }

  /**
   * Returns whether the action begins work. Events do not count, because a critical section sends
   * events to release its locks whenever the code leaves it, even when the turn only pauses.
   */
  private static boolean isWork(Object theirs) {
    OrchestratorAction action = action(theirs);
    return action.hasScheduleTask()
        || action.hasCreateTimer()
        || action.hasCreateSubOrchestration();
  }

  @Override
  public List<Object> past(List<Object> events, int taken) {
    at = taken - 1;
    return past == null ? events : new Past(events);
  }

  @Override
  public List<Object> fresh(List<Object> events, int taken) {
    at = taken > 0 ? LIVE : at;
    return new Fresh(events, taken);
  }

  private final class Past extends AbstractList<Object> {
    private final List<Object> events;

    Past(List<Object> events) {
      this.events = events;
    }

    @Override
    public Object get(int index) {
      at = index;
      return events.get(index);
    }

    @Override
    public int size() {
      return events.size();
    }
  }

  private final class Fresh extends AbstractList<Object> {
    private final List<Object> events;
    private int taken;

    Fresh(List<Object> events, int taken) {
      this.events = events;
      this.taken = taken;
    }

    @Override
    public Object get(int index) {
      at = LIVE;
      taken = Math.max(taken, index + 1);
      return events.get(index);
    }

    @Override
    public int size() {
      if (taken == events.size() && !codeEnded) {
        pauses++;
      }
      return events.size();
    }
  }
}
