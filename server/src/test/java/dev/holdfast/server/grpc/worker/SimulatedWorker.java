package dev.holdfast.server.grpc.worker;

import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Program;
import dev.holdfast.engine.program.Programs;
import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.EntityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import dev.holdfast.protocol.WorkerCapability;
import dev.holdfast.simulation.Dice;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A process somewhere with one connection to the hub, and the streams that it has opened on it. */
final class SimulatedWorker {
  final Caller caller;
  final GetWorkItemsRequest request;

  /** Whether its answers say by token what they are for. */
  final boolean tokens;

  /** Whether it runs one item after the other, on the thread that reads its stream. */
  final boolean serial;

  final boolean chunks;
  final List<SimulatedStream> streams = new ArrayList<>();

  /** It does nothing any more, and the hub has not noticed. */
  boolean dead;

  /** It does nothing for now. */
  boolean frozen;

  /** Its key opens nothing any more. */
  boolean locked;

  private SimulatedWorker(
      Caller caller, GetWorkItemsRequest request, boolean tokens, boolean serial, boolean chunks) {
    this.caller = caller;
    this.request = request;
    this.tokens = tokens;
    this.serial = serial;
    this.chunks = chunks;
  }

  /** One that takes everything and does all that it should. */
  static SimulatedWorker healthy(int number) {
    GetWorkItemsRequest request =
        GetWorkItemsRequest.newBuilder()
            .setMaxConcurrentOrchestrationWorkItems(1_000)
            .setMaxConcurrentActivityWorkItems(1_000)
            .setMaxConcurrentEntityWorkItems(1_000)
            .build();
    return new SimulatedWorker(caller(number, "holdfast/1"), request, true, false, false);
  }

  /** One that asks for nothing in particular. */
  static SimulatedWorker of(int number, String agent, boolean tokens) {
    return new SimulatedWorker(
        caller(number, agent),
        GetWorkItemsRequest.newBuilder()
            .addCapabilities(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
            .build(),
        tokens,
        agent.contains("grpc-java"),
        false);
  }

  /** One of those that there are. */
  static SimulatedWorker drawn(int number, Dice dice, Programs programs) {
    GetWorkItemsRequest.Builder request = GetWorkItemsRequest.newBuilder();
    boolean serial = false;
    boolean tokens = true;
    String agent;
    int entities = dice.any(0, 0, 1, 1, 5);
    switch (dice.weighted(4, 1, 2, 2, 2, 1)) {
      case 0 -> {
        agent = "grpc-java-netty/1.59.0";
        serial = true;
        tokens = false;
      }
      case 1 -> {
        agent = "grpc-java-netty/1.68.0";
        tokens = dice.chance(0.5);
        request.setMaxConcurrentActivityWorkItems(dice.between(1, 4));
        request.setMaxConcurrentOrchestrationWorkItems(dice.between(1, 4));
      }
      case 2 -> {
        agent = "grpc-go/1.70.0";
        tokens = false;
      }
      case 3 -> agent = "grpc-python/1.70.0";
      case 4 -> {
        agent = "grpc-node-js/1.13.0";
        entities = dice.any(0, 0, 1, 5);
      }
      default -> agent = "holdfast/1";
    }
    if (!tokens) {
      // The answer of an entity says nothing of what it is for.
      entities = Math.min(entities, 1);
    }
    request.setMaxConcurrentEntityWorkItems(entities);
    if (!serial && dice.chance(0.3)) {
      request.setMaxConcurrentActivityWorkItems(dice.between(1, 3));
      request.setMaxConcurrentOrchestrationWorkItems(dice.between(1, 3));
    }
    if (tokens && dice.chance(0.5)) {
      request.addCapabilities(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING);
    }
    if (dice.chance(0.3)) {
      request.setWorkItemFilters(filters(dice, programs, tokens));
    }
    return new SimulatedWorker(
        caller(number, agent), request.build(), tokens, serial, dice.chance(0.4));
  }

  private static Caller caller(int number, String agent) {
    return new Caller(InetSocketAddress.createUnresolved("worker", number), agent, "");
  }

  private static WorkItemFilters filters(Dice dice, Programs programs, boolean tokens) {
    WorkItemFilters.Builder filters = WorkItemFilters.newBuilder();
    for (Program program : programs.all()) {
      if (dice.chance(0.6)) {
        OrchestrationFilter.Builder one = OrchestrationFilter.newBuilder().setName(program.name());
        if (dice.chance(0.3)) {
          one.addVersions(dice.any("", "1.0"));
        }
        filters.addOrchestrations(one);
      }
    }
    for (String name : List.of("act", "fail", "flaky")) {
      if (dice.chance(0.6)) {
        filters.addActivities(ActivityFilter.newBuilder().setName(name));
      }
    }
    if (tokens && dice.chance(0.4)) {
      filters.addEntities(EntityFilter.newBuilder().setName("Ledger"));
    }
    return filters.build();
  }

  /** Whether it has asked for such items, which have no version here. */
  boolean wants(WorkItem.Kind kind, String name) {
    if (kind == WorkItem.Kind.ENTITY) {
      return RemoteWorker.takesEntities(caller, request);
    }
    if (!request.hasWorkItemFilters()) {
      return true;
    }
    WorkItemFilters filters = request.getWorkItemFilters();
    return kind == WorkItem.Kind.ACTIVITY
        ? filters.getActivitiesList().stream().anyMatch(one -> one.getName().equals(name))
        : filters.getOrchestrationsList().stream()
            .anyMatch(
                one ->
                    one.getName().equals(name)
                        && (one.getVersionsCount() == 0 || one.getVersionsList().contains("")));
  }

  /** How many items of a kind it may have at once. */
  int most(WorkItem.Kind kind, WorkerSettings settings) {
    int said =
        switch (kind) {
          case ORCHESTRATOR -> request.getMaxConcurrentOrchestrationWorkItems();
          case ACTIVITY -> request.getMaxConcurrentActivityWorkItems();
          case ENTITY -> request.getMaxConcurrentEntityWorkItems();
        };
    if (said > 0) {
      return said;
    }
    return caller.isJava() ? settings.serialItemsMax() : settings.itemsMax();
  }

  boolean works() {
    return !dead && !frozen;
  }

  @Override
  public String toString() {
    return caller.toString();
  }
}
