package dev.holdfast.simulation;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.driven.ProgramExecutor;
import dev.holdfast.engine.driven.ProgramExecutor.Held;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Simulates an executor in the process of the hub, which answers late, twice or never. */
final class OwnStaff implements Staff {
  private static final int OLD_MAX = 30;

  private final Scene scene;
  private final Dice dice;
  private ProgramExecutor executor;
  private @Nullable Engine engine;

  /** Holds items that may be answered again, or late. */
  private final List<Held> old = new ArrayList<>();

  /**
   * Holds items that an executor has taken and does not answer before the simulation ends all
   * faults.
   */
  private final List<Held> lost = new ArrayList<>();

  private boolean healed;

  OwnStaff(Scene scene) {
    this.scene = scene;
    this.dice = scene.dice();
    this.executor = new ProgramExecutor(scene.programs(), scene.activities());
  }

  @Override
  public void opening() {
    executor.held().forEach(this::remember);
    lost.clear();
    executor = new ProgramExecutor(scene.programs(), scene.activities());
    if (!healed && dice.chance(0.4)) {
      executor.setPlaces(WorkItem.Kind.ACTIVITY, dice.between(1, 4));
      executor.setPlaces(WorkItem.Kind.ORCHESTRATOR, dice.between(1, 4));
    }
  }

  @Override
  public void opened(Engine opened) {
    engine = opened;
    opened.add(executor);
  }

  private Engine engine() {
    return Objects.requireNonNull(engine);
  }

  @Override
  public List<WorkItem> held() {
    return executor.held().stream().map(Held::item).toList();
  }

  @Override
  public boolean isIdle() {
    return executor.held().isEmpty();
  }

  /** Decides what happens to one of the items that the executor holds. */
  @Override
  public void act() {
    if (isIdle()) {
      return;
    }
    Held held = executor.held().remove(dice.between(0, executor.held().size() - 1));
    WorkItem item = held.item();
    remember(held);
    int fate = scene.hasFaults() ? dice.weighted(70, 8, 4, 3, 2, 3, partial(item), 3) : 0;
    scene.trace(
        "answer %s of %s %s: %d".formatted(item.kind(), item.instanceId(), item.name(), fate));
    switch (fate) {
      case 0 -> held.answers().answer(executor.run(item));
      case 6 -> answerPart(held);
      case 1 -> {
        held.answers().answer(executor.run(item));
        held.answers().answer(executor.run(item));
        scene.count("answered twice");
      }
      case 2 -> {
        if (dice.chance(0.5)) {
          held.answers().answer(new Answer.Lost(item, "the worker died"));
          scene.count("worker lost");
        } else {
          held.answers().answer(new Answer.Abandoned(item, "the worker gives it back"));
          scene.count("abandoned");
        }
      }
      case 3 -> {
        held.answers()
            .answer(
                new Answer.Deferred(
                    item,
                    scene.clock().instant().plusMillis(dice.between(0, 5_000)),
                    "the breaker is open"));
        scene.count("deferred");
      }
      case 4 -> {
        held.answers().answer(new Answer.NobodyServes(item, "not here"));
        scene.count("nobody serves");
      }
      case 7 -> {
        held.answers()
            .answer(
                new Answer.Blocked(
                    item, Blocked.now(Blocked.Kind.HANGS, "it hangs", Blocked.step(item))));
        scene.count("blocked");
      }
      default -> {
        lost.add(held);
        scene.count("lost");
      }
    }
  }

  /**
   * Returns the weight of a partial answer: batches of several operations are rare, so they are
   * often answered only in part.
   */
  private static int partial(WorkItem item) {
    return item instanceof WorkItem.EntityBatch batch && batch.operations().size() > 1 ? 40 : 4;
  }

  private void answerPart(Held held) {
    if (held.item() instanceof WorkItem.Turn turn) {
      held.answers().answer(executor.runSome(turn, dice.between(2, 3)));
      scene.count("read fewer events");
    } else if (held.item() instanceof WorkItem.EntityBatch batch && batch.operations().size() > 1) {
      held.answers()
          .answer(executor.runSome(batch, dice.between(1, batch.operations().size() - 1)));
      scene.count("did fewer operations");
    } else {
      held.answers().answer(executor.run(held.item()));
    }
  }

  private void remember(Held held) {
    if (old.size() == OLD_MAX) {
      old.remove(0);
    }
    old.add(held);
  }

  /** Repeats an answer, or answers an item of the previous process. */
  @Override
  public void answerOld() {
    if (!old.isEmpty()) {
      Held held = old.get(dice.between(0, old.size() - 1));
      scene.trace("answer again " + held.item().kind() + " of " + held.item().instanceId());
      scene.count("old answer of " + held.item().kind());
      engine().answers().answer(executor.run(held.item()));
    }
  }

  /** Changes which names are served, or how many places there are. */
  @Override
  public void change() {
    if (dice.chance(0.5)) {
      int served = dice.between(0, 3);
      executor.serve(
          (kind, name) ->
              switch (kind) {
                case ACTIVITY -> served != 1 || !name.equals("act");
                case ORCHESTRATOR ->
                    scene.programs().has(name) && (served != 2 || name.length() % 2 == 0);
                case ENTITY -> served != 3;
              });
      scene.trace("served " + served);
      scene.count("served " + served);
      engine().servedChanged();
    } else {
      executor.setPlaces(dice.any(WorkItem.Kind.values()), dice.any(0, 1, 3, 1_000));
      scene.count("places changed");
    }
  }

  @Override
  public void heal() {
    healed = true;
    executor.serve((kind, name) -> true);
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      executor.setPlaces(kind, 1_000);
    }
    engine().servedChanged();
    for (Held held : lost) {
      held.answers().answer(new Answer.Lost(held.item(), "the worker is known to be dead"));
    }
    lost.clear();
  }

  @Override
  public int settle() {
    int done = 0;
    while (!isIdle()) {
      act();
      done++;
    }
    return done;
  }
}
