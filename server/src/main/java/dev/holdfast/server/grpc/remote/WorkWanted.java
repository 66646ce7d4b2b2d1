package dev.holdfast.server.grpc.remote;

import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.EntityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import dev.holdfast.protocol.WorkerCapability;
import java.util.List;

/**
 * What a hub is asked to send.
 *
 * @param orchestrators names, spelled as declared: hubs compare them letter by letter
 * @param activities the same
 * @param entities names in lower case
 * @param versions of orchestrations; empty takes any
 * @param turnsMax how many turns may be here before they are answered
 * @param activitiesMax how many activities
 * @param batchesMax how many batches of operations on entities
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
        // A number says that entities are known here at all.
        .setMaxConcurrentEntityWorkItems(entities.isEmpty() ? 0 : batchesMax)
        .addCapabilities(WorkerCapability.WORKER_CAPABILITY_HISTORY_STREAMING)
        .setWorkItemFilters(filters)
        .build();
  }
}
