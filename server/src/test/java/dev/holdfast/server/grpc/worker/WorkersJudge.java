package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.simulation.Scene;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold in the bookkeeping of remote workers, whatever workers do. */
final class WorkersJudge {
  private final Scene scene;

  /** Who has which item, but for those that were given up: each is with one worker only. */
  private final Map<Long, RemoteWorker> out = new HashMap<>();

  WorkersJudge(Scene scene) {
    this.scene = scene;
  }

  /** After every step. */
  void check(Workers hub, List<SimulatedWorker> workers) {
    int handouts = 0;
    out.clear();
    for (RemoteWorker worker : hub.all()) {
      handouts += check(worker);
    }
    if (handouts != hub.outstanding()) {
      scene.violated(
          "workers have %d items, but %d tokens are remembered"
              .formatted(handouts, hub.outstanding()));
    }
    for (SimulatedWorker worker : workers) {
      checkStreams(hub, worker);
    }
  }

  @SuppressWarnings("EnumOrdinal") // Counted after every step, so not in boxes.
  private int check(RemoteWorker worker) {
    int[] counts = new int[WorkItem.Kind.values().length];
    List<Handout> all = worker.inOrder();
    for (Handout handout : all) {
      counts[handout.item.kind().ordinal()]++;
      if (handout.givenUp) {
        scene.count("seen with what it was given up for");
      }
      RemoteWorker other = handout.givenUp ? null : out.put(handout.item.token(), worker);
      if (other != null) {
        scene.violated(
            "%s '%s' of %s is with %s and with %s"
                .formatted(
                    handout.item.kind(),
                    handout.item.name(),
                    handout.item.instanceId(),
                    other.caller(),
                    worker.caller()));
      }
    }
    for (WorkItem.Kind kind : WorkItem.Kind.values()) {
      int count = counts[kind.ordinal()];
      if (worker.taken(kind) != count) {
        scene.violated(
            "%s has %d items of kind %s, but %d of its places are taken"
                .formatted(worker.caller(), count, kind, worker.taken(kind)));
      }
    }
    return all.size();
  }

  /** Of several streams of one Java worker, all but the newest have nothing. */
  private void checkStreams(Workers hub, SimulatedWorker worker) {
    boolean newer = false;
    for (int i = worker.streams.size() - 1; i >= 0 && worker.caller.isJava(); i--) {
      RemoteWorker remote = worker.streams.get(i).remote;
      if (remote == null || !hub.all().contains(remote)) {
        continue;
      }
      if (newer && !remote.inOrder().isEmpty()) {
        scene.violated(worker + " has opened another stream, and still the old one has work");
      }
      newer = true;
    }
  }

  /** When the host has stopped. */
  void stopped(Workers hub) {
    if (hub.connected() > 0 || hub.outstanding() > 0) {
      scene.violated(
          "the host has stopped with %d workers and %d items"
              .formatted(hub.connected(), hub.outstanding()));
    }
  }

  /** When nobody has anything to do and all are well, nothing waits that could be done now. */
  void rest(Workers hub, Engine engine) {
    if (hub.outstanding() == 0 && engine.waiting() > engine.putOff()) {
      StringBuilder places = new StringBuilder();
      for (RemoteWorker worker : hub.all()) {
        places.append('\n').append(worker).append(", has places for");
        for (WorkItem.Kind kind : WorkItem.Kind.values()) {
          places.append(' ').append(worker.places(kind)).append(' ').append(kind);
        }
      }
      scene.violated(
          (engine.waiting() - engine.putOff())
              + " items wait, though workers have places for them:"
              + places);
    }
  }

  /** When everything has ended, nobody has anything and nothing of it is remembered. */
  void end(Workers hub, Engine engine) {
    for (RemoteWorker worker : hub.all()) {
      if (worker.count() != 0) {
        scene.violated("all has ended, but " + worker.caller() + " has items");
      }
    }
    if (hub.outstanding() + engine.waiting() + engine.givenBack() != 0) {
      scene.violated(
          "all has ended, but %d items are with workers, %d wait, and %d are remembered as given back"
              .formatted(hub.outstanding(), engine.waiting(), engine.givenBack()));
    }
  }
}
