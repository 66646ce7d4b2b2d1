package dev.holdfast.simulation;

import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Program.Habits;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Draws random programs for orchestrators. */
final class ProgramDice {
  private static final List<String> EVENTS = List.of("red", "green", "blue");

  /**
   * An activity gets this many attempts, which is more than can fail, because attempts that take
   * too long also count.
   */
  private static final int ATTEMPTS = 100;

  private static final String QUESTION = "question";

  private final Dice dice;
  private final Programs programs;
  private int names;
  private int unique;
  private boolean uniqueChildren;

  ProgramDice(Dice dice, Programs programs) {
    this.dice = dice;
    this.programs = programs;
  }

  /** Draws a program that a client can start. */
  Program root(boolean startedAgain) {
    // Children whose ids are derived from the id of their parent would collide with the children of
    // the next execution.
    uniqueChildren = startedAgain;
    Program program = program("Root", 2, dice.between(1, 6), dice.chance(0.1));
    uniqueChildren = false;
    return program;
  }

  /** Draws a program that needs no client, so that it can be started repeatedly. */
  Program again() {
    uniqueChildren = true;
    Program program =
        add(
            new Program(
                name("Again"),
                withoutClients(steps(1, dice.between(0, 3))),
                dice.pick(Habits.ALL)));
    uniqueChildren = false;
    return program;
  }

  /** Draws a program that fails until it has been rewound a certain number of times. */
  Program flaky() {
    List<Step> steps = new ArrayList<>(steps(1, dice.between(0, 2)));
    steps.add(
        dice.chance(0.3)
            ? new Step.All(
                List.of(
                    new Step.Call("flaky", unique("f"), false),
                    sleep(),
                    new Step.Call("act", unique("a"), false)))
            : new Step.Call("flaky", unique("f"), false));
    if (dice.chance(0.3)) {
      Program inner = add(new Program(name("Flaky"), withoutClients(steps), dice.pick(Habits.ALL)));
      steps = new ArrayList<>(steps(1, dice.between(0, 1)));
      steps.add(new Step.Child(inner.name(), unique("i"), dice.any(ChildId.values()), false));
    }
    steps.addAll(steps(0, dice.between(0, 2)));
    return add(new Program(name("Rewound"), steps, dice.pick(Habits.ALL)));
  }

  /**
   * Draws a program that reads {@code count} events of the name "peer"; {@link #sender} draws one
   * that sends them.
   */
  Program receiver(int count) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(new Step.Await("peer"));
      if (dice.chance(0.3)) {
        steps.add(dice.chance(0.5) ? new Step.Again() : leaf(0));
      }
    }
    return add(new Program(name("Receiver"), steps, dice.pick(Habits.ALL)));
  }

  Program sender(String to, int count) {
    List<Step> steps = new ArrayList<>();
    int left = count;
    while (left > 0) {
      int now = dice.between(1, left);
      steps.add(new Step.Send(to, "peer", now));
      left -= now;
      if (dice.chance(0.5)) {
        steps.add(dice.chance(0.4) ? new Step.Again() : leaf(0));
      }
    }
    return add(new Program(name("Sender"), steps, dice.pick(Habits.ALL)));
  }

  private Program program(String kind, int depth, int length, boolean fails) {
    List<Step> steps = new ArrayList<>(steps(depth, length));
    if (fails) {
      steps.add(
          dice.chance(0.5)
              ? new Step.Fail("failed on purpose")
              : new Step.Call("fail", unique("x"), false));
    }
    return add(new Program(name(kind), steps, dice.pick(Habits.ALL)));
  }

  private Program add(Program drawn) {
    Program program =
        drawn.habits().releasesWhenUnwound()
            ? new Program(drawn.name(), withoutIsolation(drawn.steps()), drawn.habits())
            : drawn;
    programs.add(program);
    return program;
  }

  /**
   * Removes the operations that check isolation: other callers may come between the steps of a
   * program that loses its locks whenever it waits.
   */
  private static List<Step> withoutIsolation(List<Step> steps) {
    return steps.stream()
        .map(
            step ->
                step instanceof Step.Ask ask
                        && (ask.operation().equals("enter") || ask.operation().equals("leave"))
                    ? new Step.Ask(ask.entity(), "note", ask.rest(), ask.caught())
                    : step)
        .toList();
  }

  private String name(String kind) {
    return kind + names++;
  }

  private String unique(String prefix) {
    return prefix + unique++;
  }

  private List<Step> steps(int depth, int length) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      switch (dice.weighted(10, 4, 3, 2, 2, depth > 0 ? 2 : 0, 2, 2, 3, 2)) {
        case 0 -> steps.add(leaf(depth));
        case 1 -> steps.add(new Step.All(leaves(depth, dice.between(2, 4))));
        case 2 -> steps.add(any());
        case 3 -> steps.add(new Step.Again());
        case 4 -> steps.add(new Step.Status(dice.any("", "busy", "nearly")));
        case 5 -> talk(steps);
        case 6 -> leaveBehind(steps);
        case 8 -> tell(steps);
        case 9 -> section(steps);
        default ->
            steps.add(
                new Step.Retry(
                    "flaky", unique("r"), ATTEMPTS, Duration.ofMillis(dice.between(0, 500))));
      }
    }
    return steps;
  }

  private String ledger() {
    return "@Ledger@" + dice.between(0, 2);
  }

  private void tell(List<Step> steps) {
    String ledger = ledger();
    for (int i = dice.between(1, 5); i > 0; i--) {
      boolean later = dice.chance(0.2);
      steps.add(
          new Step.Signal(
              ledger,
              dice.chance(0.2) ? "pass" : "note",
              "@ledger@" + dice.between(0, 2),
              later ? Duration.ofMillis(dice.between(1, 30_000)) : Duration.ZERO));
    }
  }

  /**
   * Adds steps that hold locks, and that would notice an operation of another caller in between.
   */
  private void section(List<Step> steps) {
    List<String> ledgers = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      String ledger = ledger();
      if (!ledgers.contains(ledger)) {
        ledgers.add(ledger);
      }
    }
    steps.add(new Step.Lock(ledgers));
    String guarded = dice.pick(ledgers);
    steps.add(new Step.Ask(guarded, "enter", "", false));
    if (dice.chance(0.5)) {
      steps.add(dice.chance(0.5) ? sleep() : new Step.Call("act", unique("a"), false));
    }
    for (String ledger : ledgers) {
      if (dice.chance(0.5)) {
        steps.add(new Step.Ask(ledger, "note", "", false));
      }
    }
    steps.add(new Step.Ask(guarded, "leave", "", false));
    if (dice.chance(0.9)) {
      steps.add(new Step.Unlock());
    } else {
      // The end of this execution releases the locks that it still holds.
      steps.add(new Step.Again());
    }
  }

  /**
   * Adds an activity or a child that is no longer awaited when the program continues as new, and
   * whose answer arrives when the next execution has an action with the same id.
   */
  private void leaveBehind(List<Step> steps) {
    Step.Awaitable left =
        dice.chance(0.7)
            ? new Step.Call("act", unique("a"), false)
            : new Step.Child(
                childWithoutClients(program("Left", 0, dice.between(0, 1), false)),
                unique("l"),
                dice.any(ChildId.OF_EXECUTION, ChildId.OF_HUB),
                true);
    steps.add(new Step.Again());
    steps.add(new Step.Any(List.of(left, new Step.Sleep(Duration.ofMillis(dice.between(0, 20))))));
    steps.add(new Step.Again());
    steps.add(
        left instanceof Step.Call
            ? new Step.Call("act", unique("a"), false)
            : new Step.Child(
                childWithoutClients(program("Next", 0, dice.between(0, 1), false)),
                unique("n"),
                dice.any(ChildId.OF_EXECUTION, ChildId.OF_HUB),
                true));
  }

  /** Adds a child that exchanges events with its parent while it runs. */
  private void talk(List<Step> steps) {
    int questions = dice.between(1, 3);
    String answer = unique("answer");
    // Another child may have had the same id before, so the event names of the two must differ.
    String question = unique(QUESTION);
    List<Step> inner = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      inner.add(new Step.Await(question));
      if (dice.chance(0.3)) {
        inner.add(leaf(0));
      }
    }
    inner.add(new Step.Send(Step.Send.PARENT, answer, 1));
    Program child = add(new Program(name("Talks"), withoutClients(inner), dice.pick(Habits.ALL)));
    steps.add(new Step.Launch(child.name(), unique("t"), childId()));
    steps.add(new Step.Send(Step.Send.CHILD, question, questions));
    steps.add(new Step.Await(answer));
    steps.add(new Step.Join(false));
  }

  private ChildId childId() {
    return uniqueChildren
        ? dice.any(ChildId.OF_EXECUTION, ChildId.OF_HUB)
        : dice.any(ChildId.values());
  }

  private List<Step.Awaitable> leaves(int depth, int count) {
    List<Step.Awaitable> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      leaves.add(leaf(depth));
    }
    return leaves;
  }

  private Step any() {
    List<Step.Awaitable> branches = new ArrayList<>();
    branches.add(sleep());
    branches.add(
        switch (dice.weighted(3, 3, 2)) {
          case 0 -> new Step.Call("act", unique("a"), false);
          case 1 -> new Step.Await(unique("any"));
          default ->
              new Step.Child(
                  program("Loser", 0, dice.between(0, 2), false).name(),
                  unique("l"),
                  ChildId.OF_EXECUTION,
                  true);
        });
    return new Step.Any(branches);
  }

  private Step.Awaitable leaf(int depth) {
    switch (dice.weighted(6, 2, 4, 4, 3, depth > 0 ? 3 : 0)) {
      case 0 -> {
        return new Step.Call("act", unique("a"), false);
      }
      case 1 -> {
        return new Step.Call("fail", unique("x"), true);
      }
      case 2 -> {
        return sleep();
      }
      case 3 -> {
        return new Step.Await(dice.pick(EVENTS));
      }
      case 4 -> {
        return dice.chance(0.2)
            ? new Step.Ask(ledger(), "fail", "", true)
            : new Step.Ask(ledger(), "note", "", false);
      }
      default -> {
        Program child = program("Child", 0, dice.between(0, 3), dice.chance(0.2));
        // No client knows a child's id, so no client sends it events.
        return new Step.Child(childWithoutClients(child), unique("c"), childId(), true);
      }
    }
  }

  private String childWithoutClients(Program child) {
    return add(new Program(name("Child"), withoutClients(child.steps()), child.habits())).name();
  }

  private List<Step> withoutClients(List<Step> steps) {
    List<Step> without = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.Await await && !await.event().startsWith(QUESTION)) {
        without.add(new Step.Call("act", unique("a"), false));
      } else if (step instanceof Step.All all) {
        without.add(
            new Step.All(
                all.branches().stream()
                    .map(branch -> branch instanceof Step.Await ? sleep() : branch)
                    .toList()));
      } else {
        without.add(step);
      }
    }
    return without;
  }

  private Step.Sleep sleep() {
    return new Step.Sleep(
        Duration.ofMillis(
            switch (dice.weighted(1, 4, 3, 2)) {
              case 0 -> dice.between(-10, 0);
              case 1 -> dice.between(1, 200);
              case 2 -> dice.between(200, 20_000);
              default -> dice.between(20_000, 120_000);
            }));
  }
}
