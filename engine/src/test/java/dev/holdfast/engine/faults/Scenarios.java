package dev.holdfast.engine.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Program.Habits;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.engine.program.Step;
import dev.holdfast.engine.program.Step.ChildId;
import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Short plays, each with an end that does not depend on what goes wrong on the way. */
final class Scenarios {
  private final Map<String, Consumer<Player>> plays = new LinkedHashMap<>();
  private final Programs programs = new Programs();

  Scenarios() {
    chains();
    children();
    events();
    control();
    rewinding();
    entities();
    locksHeldByBlocks();
  }

  Map<String, Consumer<Player>> plays() {
    return plays;
  }

  Programs programs() {
    return programs;
  }

  private static Step call(String name, String input) {
    return new Step.Call(name, input, false);
  }

  private void program(String name, Step... steps) {
    programs.add(Program.of(name, steps));
  }

  private static Consumer<Player> runs(String program, Duration time, String output) {
    return player -> {
      player.start("a", program);
      player.advance(time);
      assertThat(player.state("a").getOutput().getValue()).isEqualTo(output);
    };
  }

  private void chains() {
    program("Chain", call("act", "1"), call("act", "2"), call("act", "3"));
    plays.put("a chain of activities", runs("Chain", Duration.ZERO, "in->act(1),act(2),act(3)"));
    program(
        "Fan",
        new Step.All(
            List.of(
                new Step.Call("act", "1", false),
                new Step.Call("fail", "2", true),
                new Step.Sleep(Duration.ofSeconds(2)),
                new Step.Call("act", "3", false))));
    plays.put(
        "a fan-out with a failure",
        runs("Fan", Duration.ofSeconds(5), "in->act(1),!fail(2) failed,slept,act(3)"));
    program("Timers", new Step.Sleep(Duration.ofSeconds(3)), new Step.Sleep(Duration.ofSeconds(3)));
    plays.put("timers", runs("Timers", Duration.ofSeconds(10), "in->slept,slept"));
    program(
        "Race",
        new Step.Any(
            List.of(new Step.Sleep(Duration.ofSeconds(60)), new Step.Call("act", "1", false))),
        call("act", "2"));
    plays.put("a race won by an activity", runs("Race", Duration.ZERO, "in->any,act(2)"));
    program("Retries", new Step.Retry("flaky", "1", 4, Duration.ofSeconds(1)));
    plays.put("retries", runs("Retries", Duration.ofSeconds(10), "in->flaky(1)"));
    programs.add(
        new Program(
            "RetriesUnderOneId",
            List.of(new Step.Retry("flaky", "2", 4, Duration.ofSeconds(1)), call("act", "1")),
            Habits.PYTHON));
    plays.put(
        "retries under one id",
        runs("RetriesUnderOneId", Duration.ofSeconds(10), "in->flaky(2),act(1)"));
    plays.put(
        "a scheduled start",
        player -> {
          player.startLater("a", "Chain", Duration.ofSeconds(20));
          player.advance(Duration.ofSeconds(40));
          assertThat(player.state("a").getOutput().getValue())
              .isEqualTo("in->act(1),act(2),act(3)");
        });
  }

  private void children() {
    program("Inner", call("act", "inner"));
    program("Broken", new Step.Call("fail", "x", false));
    program(
        "Parent",
        new Step.Child("Inner", "x", ChildId.OF_EXECUTION, false),
        new Step.Child("Broken", "y", ChildId.OF_INSTANCE, true));
    plays.put("children", runs("Parent", Duration.ZERO, "in->[x->act(inner)],!fail(x) failed"));
    program(
        "Tree",
        new Step.All(
            List.of(
                new Step.Child("Parent", "1", ChildId.OF_EXECUTION, false),
                new Step.Child("Parent", "2", ChildId.OF_HUB, false))));
    plays.put(
        "a tree",
        runs(
            "Tree",
            Duration.ZERO,
            "in->[1->[x->act(inner)],!fail(x) failed],[2->[x->act(inner)],!fail(x) failed]"));
    program(
        "Again",
        new Step.Child("Inner", "1", ChildId.OF_INSTANCE, false),
        new Step.Again(),
        new Step.Child("Inner", "2", ChildId.OF_INSTANCE, false));
    plays.put(
        "the same child id again",
        runs("Again", Duration.ZERO, "in->[1->act(inner)],[2->act(inner)]"));
  }

  private void events() {
    program("Reads", new Step.Await("e"), new Step.Await("e"), new Step.Await("e"));
    plays.put(
        "events",
        player -> {
          player.start("a", "Reads");
          for (int i = 0; i < 3; i++) {
            player.raise("a", "e");
          }
          assertThat(player.state("a").getOutput().getValue()).isEqualTo("in->e#1,e#2,e#3");
        });
    programs.add(
        new Program(
            "Eternal",
            List.of(
                new Step.Await("e"),
                new Step.Again(),
                new Step.Await("e"),
                new Step.Again(),
                new Step.Await("e")),
            Habits.JAVA));
    plays.put(
        "events and continue-as-new",
        player -> {
          player.start("a", "Eternal");
          for (int i = 0; i < 3; i++) {
            player.raise("a", "e");
          }
          assertThat(player.state("a").getOutput().getValue()).isEqualTo("in->e#1,e#2,e#3");
        });
    program(
        "Answers",
        new Step.Await("q"),
        new Step.Await("q"),
        new Step.Send(Step.Send.PARENT, "r", 1));
    program(
        "Talks",
        new Step.Launch("Answers", "x", ChildId.OF_EXECUTION),
        new Step.Send(Step.Send.CHILD, "q", 2),
        new Step.Await("r"),
        new Step.Join(false));
    plays.put("a talk", runs("Talks", Duration.ZERO, "in->r#1,[x->q#1,q#2]"));
    program("Sends", new Step.Send("a", "e", 2), new Step.Again(), new Step.Send("a", "e", 1));
    plays.put(
        "events between instances",
        player -> {
          player.start("a", "Reads");
          player.start("b", "Sends");
          assertThat(player.state("a").getOutput().getValue()).isEqualTo("in->e#1,e#2,e#3");
        });
  }

  private void control() {
    program("Waits", new Step.Await("go"), call("act", "1"));
    program("WaitsForChild", new Step.Child("Waits", "x", ChildId.OF_INSTANCE, true));
    plays.put(
        "suspend and resume",
        player -> {
          player.start("a", "Waits");
          player.suspend("a");
          player.raise("a", "go");
          assertThat(player.state("a").getOrchestrationStatus())
              .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED);
          player.resume("a");
          assertThat(player.state("a").getOutput().getValue()).isEqualTo("in->go#1,act(1)");
        });
    plays.put(
        "terminate with descendants",
        player -> {
          player.start("a", "WaitsForChild");
          player.terminate("a", true);
          for (String id : List.of("a", "a:0000")) {
            assertThat(player.state(id).getOrchestrationStatus())
                .as(id)
                .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED);
          }
        });
    plays.put(
        "a terminated child",
        player -> {
          player.start("a", "WaitsForChild");
          player.terminate("a:0000", false);
          assertThat(player.state("a").getOutput().getValue()).contains("'a:0000' was terminated");
        });
    plays.put(
        "purge with descendants",
        player -> {
          player.start("a", "Parent");
          player.state("a");
          player.purge("a", true);
          assertThat(player.find("a")).isEmpty();
          assertThat(player.find("a:0001")).isEmpty();
        });
    plays.put(
        "replacing a live instance",
        player -> {
          player.start("a", "Waits");
          player.replace("a", "Chain");
          assertThat(player.state("a").getOutput().getValue())
              .isEqualTo("in->act(1),act(2),act(3)");
        });
    plays.put(
        "replacing an ended instance",
        player -> {
          player.start("a", "Chain");
          player.replace("a", "Fan");
          player.advance(Duration.ofSeconds(5));
          assertThat(player.state("a").getName()).isEqualTo("Fan");
          assertThat(player.state("a").getOutput().getValue())
              .isEqualTo("in->act(1),!fail(2) failed,slept,act(3)");
        });
  }

  private void rewinding() {
    program("Flaky", call("act", "1"), call("flaky", "2"), call("act", "3"));
    plays.put(
        "rewind",
        player -> {
          player.start("a", "Flaky");
          player.rewindUntilDone("a");
          assertThat(player.state("a").getOutput().getValue())
              .isEqualTo("in->act(1),flaky(2),act(3)");
        });
    program(
        "FlakyParent",
        new Step.Launch("Waits", "x", ChildId.OF_INSTANCE),
        new Step.Child("Flaky", "y", ChildId.OF_INSTANCE, false),
        new Step.Join(false));
    plays.put(
        "rewind with children",
        player -> {
          player.start("a", "FlakyParent");
          player.rewindUntilDone("a");
          player.raise("a:0000", "go");
          assertThat(player.state("a").getOutput().getValue())
              .isEqualTo("in->[y->act(1),flaky(2),act(3)],[x->go#1,act(1)]");
        });
  }

  private void entities() {
    for (Habits habits : List.of(Habits.JAVA, Habits.JAVA_OLD)) {
      String name = "Tells" + (habits.legacyEntities() ? "Old" : "New");
      programs.add(
          new Program(
              name,
              List.of(
                  new Step.Signal("@ledger@a", "note", "", Duration.ofSeconds(3)),
                  new Step.Signal("@ledger@a", "pass", "@ledger@b", Duration.ZERO),
                  new Step.Ask("@ledger@a", "note", "", false),
                  new Step.Lock(List.of("@ledger@b", "@ledger@a")),
                  new Step.Ask("@ledger@b", "enter", "", false),
                  new Step.Call("act", "1", false),
                  new Step.Ask("@ledger@b", "leave", "", false),
                  new Step.Unlock(),
                  new Step.Ask("@ledger@b", "fail", "", true)),
              habits));
      plays.put(
          "entities called, signalled and locked, " + name,
          player -> {
            player.start("a", name);
            player.start("b", name);
            player.advance(Duration.ofSeconds(10));
            for (String id : List.of("a", "b")) {
              assertThat(player.state(id).getOutput().getValue())
                  .isEqualTo("in->note,locked,enter,act(1),leave,!refused");
            }
          });
    }
  }

  private void locksHeldByBlocks() {
    for (Habits habits : List.of(Habits.JAVA_BLOCKS, Habits.FUNCTIONS_BLOCKS)) {
      String name = "Moves" + (habits.legacyEntities() ? "Old" : "New");
      programs.add(
          new Program(
              name,
              List.of(
                  new Step.Lock(List.of("@ledger@x", "@ledger@y")),
                  new Step.Ask("@ledger@x", "note", "", false),
                  new Step.Ask("@ledger@y", "note", "", false),
                  new Step.Unlock()),
              habits));
      plays.put(
          "entities called in a block that a waiting turn leaves, " + name,
          player -> {
            player.start("a", name);
            player.start("b", name);
            player.advance(Duration.ofSeconds(10));
            for (String id : List.of("a", "b")) {
              assertThat(player.state(id).getOutput().getValue()).isEqualTo("in->locked,note,note");
            }
          });
    }
  }
}
