package dev.holdfast.functions.durable;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes one work item through a {@link Lane}: the task occupies a place and gives one answer. */
final class ItemTask implements InHand.Task, TimeLimit.Listener {

  /** Runs the item on the calling thread and returns the answer. */
  interface Runner {
    Answer run(ItemTask task);
  }

  private static final AtomicIntegerFieldUpdater<ItemTask> DONE =
      AtomicIntegerFieldUpdater.newUpdater(ItemTask.class, "done");
  private static final int ANSWERED = 1;
  private static final int PLACE_GIVEN = 2;
  private static final String RECALLED = "its result is not needed any more";

  private final WorkItem item;
  private final String function;
  private final Executor.Answers answers;
  private final Lane lane;
  private final TimeLimit limit;
  private final InHand inHand;
  private final Runner runner;

  /** Holds one bit for each completed step that must not be repeated. */
  @SuppressWarnings("UnusedVariable") // The updater reads and writes this field.
  private volatile int done;

  private volatile boolean alone;
  private volatile int place = -1;
  private long begun;

  /** This field and {@link #recalled} are guarded by this object. */
  private TimeLimit.@Nullable Run run;

  private boolean recalled;
  private volatile boolean unneeded;
  private volatile Runnable onGivenUp = () -> {};

  /**
   * Makes the answer for the case that the task does not end although it is interrupted; null
   * before the task begins.
   */
  private volatile @Nullable Function<Exception, Answer> tells;

  /**
   * Creates the task of an item that occupies a place.
   *
   * @param function the function's name as the app declares it
   */
  ItemTask(
      WorkItem item,
      String function,
      Executor.Answers answers,
      Lane lane,
      TimeLimit limit,
      InHand inHand,
      Runner runner) {
    this.item = item;
    this.function = function;
    this.answers = answers;
    this.lane = lane;
    this.limit = limit;
    this.inHand = inHand;
    this.runner = runner;
  }

  @Override
  public void alone(boolean whether) {
    alone = whether;
  }

  @Override
  public int place() {
    return place;
  }

  WorkItem item() {
    return item;
  }

  @Override
  public String name() {
    return function;
  }

  /**
   * Starts the time limit when the calling thread enters user code.
   *
   * @param tells makes the answer for an item that does not end although it is interrupted; a
   *     result that the item returns later is dropped
   */
  TimeLimit.Run begin(RunLimits.Kind kind, Function<Exception, Answer> tells) {
    this.tells = tells;
    TimeLimit.Run begins = limit.begin(kind, function, lane.pool(), this);
    boolean stops;
    synchronized (this) {
      run = begins;
      stops = recalled;
    }
    if (stops) {
      begins.cancel(RECALLED);
    }
    return begins;
  }

  @Override
  public void givenUp(Exception failure) {
    onGivenUp.run();
    answer(Objects.requireNonNull(tells, "the run has begun").apply(failure));
  }

  @Override
  public void replaced() {
    givePlace();
    answers.placesChanged();
  }

  @Override
  public void run() {
    begun = System.nanoTime();
    if (isRecalled()) {
      giveBack(RECALLED);
      return;
    }
    Answer answer;
    place = inHand.begin(item, alone);
    try {
      answer = runner.run(this);
      if (lane.isInterrupting()) {
        // An item that failed by itself cannot be distinguished from one that failed because of the
        // interrupt.
        answer = new Answer.Abandoned(item, "interrupted because the app is shutting down");
      }
    } catch (OutOfMemoryError e) {
      answer = new Answer.Abandoned(item, "out of memory: " + e.getMessage());
    } catch (Throwable e) {
      // The exception does not come from user code, because the runner turns failures of user code
      // into answers. An item without an answer would keep its place forever.
      answer = new Answer.Abandoned(item, "it could not be run: " + e);
    } finally {
      inHand.end(place);
    }
    if (!(answer instanceof Answer.Abandoned)) {
      inHand.survived(item);
    }
    givePlace();
    if ((done & ANSWERED) != 0) {
      // The item was given up earlier, but its place could not be given to another thread before
      // now.
      answers.placesChanged();
    } else {
      answer(answer);
    }
  }

  /**
   * Sets an action that another thread performs when it gives the item up. The method must be
   * called before user code begins.
   */
  void onGivenUp(Runnable then) {
    onGivenUp = then;
  }

  private synchronized boolean isRecalled() {
    return recalled;
  }

  /**
   * Returns the answer to an item that was stopped. The answer blocks the instance because the item
   * took too long, or abandons the item if its result is no longer needed.
   */
  Answer stopped(Exception why) {
    return stopped(why, String.valueOf(why.getMessage()));
  }

  /**
   * Returns the answer of {@link #stopped} to an item that keeps running although it was
   * interrupted.
   */
  Answer answerToGivenUp(Exception why) {
    TimeLimit.Run runs;
    synchronized (this) {
      runs = run;
    }
    return stopped(
        why,
        "%s It keeps running although it was interrupted, and its thread is lost until it ends: %s."
            .formatted(why.getMessage(), runs == null ? "unknown" : runs.whereabouts()));
  }

  private Answer stopped(Exception why, String reason) {
    Answer recalled = recalled(why);
    return recalled != null
        ? recalled
        : new Answer.Blocked(
            item,
            Blocked.now(
                Blocked.Kind.HANGS,
                reason + " Then: ./holdfast retry " + item.instanceId(),
                Blocked.step(item)));
  }

  /**
   * Returns the answer to a failed item whose result is no longer needed; null when it is needed.
   */
  @Nullable Answer recalled(@Nullable Throwable failure) {
    return failure instanceof CancellationException && isRecalled()
        ? new Answer.Abandoned(item, RECALLED)
        : null;
  }

  /**
   * Stops the item if it runs and keeps it from beginning otherwise, because its result is no
   * longer needed.
   */
  void recall() {
    TimeLimit.Run runs;
    synchronized (this) {
      recalled = true;
      runs = run;
    }
    if (runs != null) {
      runs.cancel(RECALLED);
    }
  }

  /**
   * Marks an item whose result is no longer needed: it may continue as long as no other item needs
   * its place.
   */
  void isUnneeded() {
    unneeded = true;
  }

  boolean mayBeStopped() {
    return unneeded;
  }

  /** Marks a step as done; returns false when the step was done before. */
  private boolean isFirst(int what) {
    int before;
    do {
      before = done;
      if ((before & what) != 0) {
        return false;
      }
    } while (!DONE.compareAndSet(this, before, before | what));
    return true;
  }

  private void answer(Answer answer) {
    if (isFirst(ANSWERED)) {
      lane.ended();
      answers.answer(answer);
    }
  }

  private void givePlace() {
    if (isFirst(PLACE_GIVEN)) {
      lane.places().give(System.nanoTime() - begun);
    }
  }

  /** Answers an item that has not begun as abandoned; the item will not begin. */
  void giveBack(String reason) {
    if (isFirst(PLACE_GIVEN)) {
      lane.places().give();
    }
    if (isFirst(ANSWERED)) {
      answers.answer(new Answer.Abandoned(item, reason));
    }
  }

  @Override
  public void abandon(String reason) {
    giveBack(reason);
  }
}
