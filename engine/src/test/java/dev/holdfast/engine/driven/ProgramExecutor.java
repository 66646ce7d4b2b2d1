package dev.holdfast.engine.driven;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Activities;
import dev.holdfast.engine.program.Interpreter;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.engine.program.Programs;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Keeps the items that it is given until the test has them answered, one way or another. */
public final class ProgramExecutor implements Executor {
  private final Programs programs;
  private final Activities activities;
  private final List<Held> held = new ArrayList<>();
  private final Map<WorkItem.Kind, Integer> places = new EnumMap<>(WorkItem.Kind.class);
  private final Map<WorkItem.Kind, List<String>> listed = new EnumMap<>(WorkItem.Kind.class);
  private BiPredicate<WorkItem.Kind, String> served;
  private final List<Long> recalled = new ArrayList<>();
  private final List<Long> unneeded = new ArrayList<>();
  private int given;
  private boolean takesEverything;
  private @Nullable String version;

  /** Holds an item that has been handed out and not answered. */
  public record Held(WorkItem item, Answers answers) {}

  public ProgramExecutor(Programs programs, Activities activities) {
    this.programs = programs;
    this.activities = activities;
    this.served = (kind, name) -> kind != WorkItem.Kind.ORCHESTRATOR || programs.has(name);
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      places.put(kind, Integer.MAX_VALUE);
    }
  }

  /** Sets the names that it serves from now on; tell the engine. */
  public void serve(BiPredicate<WorkItem.Kind, String> served) {
    this.served = served;
  }

  /** Sets the names that it serves and lists from now on; tell the engine. */
  public ProgramExecutor serveNamed(WorkItem.Kind kind, String... names) {
    listed.put(kind, List.of(names));
    served = (wanted, name) -> listed.getOrDefault(wanted, List.of()).contains(name);
    return this;
  }

  @Override
  public List<String> lists(WorkItem.Kind kind) {
    return listed.getOrDefault(kind, List.of());
  }

  /** Makes it behave like a worker that has asked for no names in particular. */
  public void takeEverything() {
    takesEverything = true;
  }

  @Override
  public boolean names(WorkItem item) {
    return !takesEverything;
  }

  /** Makes it run only items of this version from now on; tell the engine. */
  public void runOnly(String wanted) {
    this.version = wanted;
  }

  @Override
  public boolean takes(WorkItem item) {
    return Executor.super.takes(item) && (version == null || version.equals(item.version()));
  }

  public void setPlaces(WorkItem.Kind kind, int count) {
    places.put(kind, count);
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return served.test(kind, name);
  }

  @Override
  public int places(WorkItem.Kind kind) {
    int taken = 0;
    for (Held one : held) {
      taken += one.item().kind() == kind ? 1 : 0;
    }
    return places.getOrDefault(kind, 0) - taken;
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    for (WorkItem item : items) {
      given++;
      held.add(new Held(item, answers));
    }
  }

  /** Returns the items that wait for an answer, oldest first. */
  public List<Held> held() {
    return held;
  }

  /** Stops the items at once and says nothing, which executors may do. */
  @Override
  public void recall(Set<Long> tokens, boolean atOnce) {
    if (atOnce) {
      recalled.addAll(tokens);
      held.removeIf(one -> tokens.contains(one.item().token()));
    } else {
      unneeded.addAll(tokens);
    }
  }

  @Override
  public int taken(WorkItem.Kind kind) {
    return (int) held.stream().filter(one -> one.item().kind() == kind).count();
  }

  @Override
  public @Nullable String progress(WorkItem.Kind kind, long token) {
    return held.stream().anyMatch(one -> one.item().token() == token) ? "runs here" : null;
  }

  @Override
  public @Nullable String holders(WorkItem.Kind kind) {
    return places(kind) > 0 ? null : taken(kind) + " of the test";
  }

  /** Returns the tokens of items that it was told to stop. */
  public List<Long> recalled() {
    return recalled;
  }

  /** Returns the tokens of items whose results, as it was told, are not awaited. */
  public List<Long> unneeded() {
    return unneeded;
  }

  /** Runs and answers the turns that it holds. */
  public int answerTurns() {
    List<Held> turns =
        held.stream().filter(one -> one.item().kind() == WorkItem.Kind.ORCHESTRATOR).toList();
    held.removeAll(turns);
    turns.forEach(one -> one.answers().answer(run(one.item())));
    return turns.size();
  }

  /** Counts the items that it has been given. */
  public int given() {
    return given;
  }

  /** Runs the item. */
  public Answer run(WorkItem item) {
    if (item instanceof WorkItem.Turn turn) {
      return new Answer.TurnDone(turn, Interpreter.run(turn.request(), programs));
    }
    if (item instanceof WorkItem.EntityBatch batch) {
      return runSome(batch, batch.operations().size());
    }
    return new Answer.ActivityDone(
        (WorkItem.Activity) item, activities.run((WorkItem.Activity) item));
  }

  /** Runs only {@code count} operations of a batch. */
  public Answer runSome(WorkItem.EntityBatch batch, int count) {
    return new Answer.EntityDone(batch, Ledgers.run(batch, count));
  }

  /** Runs a turn, but reads only {@code count} of its new events. */
  public Answer runSome(WorkItem.Turn turn, int count) {
    return new Answer.TurnDone(turn, Interpreter.runSome(turn.request(), count, programs));
  }

  /** Runs and answers everything that it holds. */
  public int answerAll() {
    List<Held> now = List.copyOf(held);
    held.clear();
    for (Held one : now) {
      one.answers().answer(run(one.item()));
    }
    return now.size();
  }
}
