package dev.holdfast.functions.durable;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.work.Limits;
import dev.holdfast.functions.work.TimeLimit;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One work item on its way through a {@link Lane}: it takes a place and is answered once. */
final class ItemTask implements InHand.Task, TimeLimit.Listener {

  /** What runs the item on the calling thread, and gives the answer. */
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

  /** The bits of what has been done and must not be done twice. */
  @SuppressWarnings("UnusedVariable") // The updater reads and writes it.
  private volatile int done;

  private volatile boolean alone;
  private volatile int place = -1;
  private long begun;

  /** Guarded by this, as what follows. */
  private TimeLimit.@Nullable Run run;

  private boolean recalled;
  private volatile boolean unneeded;
  private volatile Runnable onGivenUp = () -> {};

  /**
   * Gives the answer when the task does not end although it is interrupted; null before it begins.
   */
  private volatile @Nullable Function<Exception, Answer> tells;

  /**
   * @param function as the app has declared it
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
   * The calling thread begins with user code.
   *
   * @param tells what the item is answered with when it does not end although it is interrupted;
   *     what is returned some day is then dropped
   */
  TimeLimit.Run begin(Limits.Kind kind, Function<Exception, Answer> tells) {
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
        // Whether it failed by itself or because it was interrupted cannot be told apart.
        answer = new Answer.Abandoned(item, "interrupted because the app is shutting down");
      }
    } catch (OutOfMemoryError e) {
      answer = new Answer.Abandoned(item, "out of memory: " + e.getMessage());
    } catch (Throwable e) {
      // Not from user code, whose failures are answers. Without one its place would be lost.
      answer = new Answer.Abandoned(item, "it could not be run: " + e);
    } finally {
      inHand.end(place);
    }
    if (!(answer instanceof Answer.Abandoned)) {
      inHand.survived(item);
    }
    givePlace();
    if ((done & ANSWERED) != 0) {
      answers
          .placesChanged(); // It was given up before, but there was no other thread for its place.
    } else {
      answer(answer);
    }
  }

  /** What shall be done when it is given up, on another thread; before it begins. */
  void onGivenUp(Runnable then) {
    onGivenUp = then;
  }

  private synchronized boolean isRecalled() {
    return recalled;
  }

  /**
   * The answer to what was stopped: it is blocked because it took too long, unless nobody needs it.
   */
  Answer stopped(Exception why) {
    return stopped(why, String.valueOf(why.getMessage()));
  }

  /** As {@link #stopped}, of what goes on all the same. */
  Answer answerToGivenUp(Exception why) {
    TimeLimit.Run runs;
    synchronized (this) {
      runs = run;
    }
    return stopped(
        why,
        "%s It goes on although it was interrupted, and its thread is lost until it ends: %s."
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

  /** What {@code failure} means for the item when nobody needs it; null when it is needed. */
  @Nullable Answer recalled(@Nullable Throwable failure) {
    return failure instanceof CancellationException && isRecalled()
        ? new Answer.Abandoned(item, RECALLED)
        : null;
  }

  /** Nobody needs it: it is stopped if it runs, and not begun otherwise. */
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

  /** Nobody needs it, but it may go on as long as it keeps no place from others. */
  void isUnneeded() {
    unneeded = true;
  }

  boolean mayBeStopped() {
    return unneeded;
  }

  /** Marks something as done; false when it was done before. */
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

  /** It has not begun, and does not. */
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
