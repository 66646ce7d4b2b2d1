package dev.holdfast.server.grpc.remote;

import dev.holdfast.protocol.ActivityFilter;
import dev.holdfast.protocol.EntityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import dev.holdfast.protocol.WorkerCapability;
import java.util.List;

/**
 * Says which work a hub is asked to send.
 *
 * @param orchestrators names, spelled as declared, because hubs compare them case-sensitively
 * @param activities names, spelled as declared
 * @param entities names in lower case
 * @param versions the versions of orchestrations to take; empty takes any
 * @param turnsMax how many turns may be here unanswered
 * @param activitiesMax how many activities may be here unanswered
 * @param batchesMax how many batches of entity operations may be here unanswered
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
