package dev.holdfast.server.grpc.remote;

import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.EntityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import dev.holdfast.protocol.WorkerCapability;
import java.util.List;

/**
 * Describes the work that this host requests from a hub.
 *
 * @param orchestrators the names as declared, because hubs compare them with regard to case
 * @param activities the names as declared
 * @param entities the names in lower case
 * @param versions the versions of orchestrations to take; empty means any version
 * @param turnsMax how many unanswered turns this host may hold
 * @param activitiesMax how many unanswered activities this host may hold
 * @param batchesMax how many unanswered batches of entity operations this host may hold
 */
public record WorkWanted(
    List<String> orchestrators,
    List<String> activities,
    List<String> entities,
    List<String> versions,
    int turnsMax,
    int activitiesMax,
    int batchesMax) {

  public WorkWanted {
    orchestrators = List.copyOf(orchestrators);
    activities = List.copyOf(activities);
    entities = List.copyOf(entities);
    versions = List.copyOf(versions);
  }

  GetWorkItemsRequest request() {
    WorkItemFilters.Builder filters = WorkItemFilters.newBuilder();
    for (String name : orchestrators) {
      filters.addOrchestrations(
          OrchestrationFilter.newBuilder().setName(name).addAllVersions(versions));
    }
    for (String name : activities) {
      filters.addActivities(ActivityFilter.newBuilder().setName(name).addAllVersions(versions));
    }
    for (String name : entities) {
      filters.addEntities(EntityFilter.newBuilder().setName(name));
    }
    return GetWorkItemsRequest.newBuilder()
        .setMaxConcurrentOrchestrationWorkItems(turnsMax)
        .setMaxConcurrentActivityWorkItems(activitiesMax)
        // A number above 0 tells the hub that this worker knows entities at all.
        .setMaxConcurrentEntityWorkItems(entities.isEmpty() ? 0 : batchesMax)
        .addCapabilities(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
        .setWorkItemFilters(filters)
        .build();
  }
}
