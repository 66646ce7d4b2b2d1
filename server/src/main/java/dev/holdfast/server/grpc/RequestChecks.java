package dev.holdfast.server.grpc;

import dev.holdfast.core.RefusedException;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.InstanceBatch;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.util.List;

/** Checks requests without looking at any instance. */
final class RequestChecks {
  private static final int BATCH_MAX = 500;
  private static final int PAGE_SIZE = 100;

  private RequestChecks() {}

  /** Checks the request and returns it unchanged, or throws a refusal. */
  static CreateInstanceRequest checked(CreateInstanceRequest request) {
    if (request.getInstanceId().startsWith("@")) {
      throw refused(
          "Instance id '"
              + request.getInstanceId()
              + "' begins with '@', which is how entities are named. Choose another id.");
    }
    if (request.hasOrchestrationIdReusePolicy()) {
      check(request.getOrchestrationIdReusePolicy().getReplaceableStatusList());
    }
    return request;
  }

  /**
   * Refuses a policy that allows replacing live instances but not terminated ones: replacing a live
   * instance ends it as Terminated first, so Terminated instances must be replaceable as well.
   */
  private static void check(List<OrchestrationStatus> replaceable) {
    boolean live = replaceable.stream().anyMatch(RequestChecks::isLive);
    if (live && !replaceable.contains(OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED)) {
      throw refused(
          "Invalid reusable statuses: cannot exclude 'Terminated' while also allowing reuse of"
              + " running instances");
    }
  }

  private static boolean isLive(OrchestrationStatus status) {
    return switch (status) {
      case ORCHESTRATION_STATUS_RUNNING,
          ORCHESTRATION_STATUS_PENDING,
          ORCHESTRATION_STATUS_SUSPENDED,
          ORCHESTRATION_STATUS_CONTINUED_AS_NEW ->
          true;
      case ORCHESTRATION_STATUS_COMPLETED,
          ORCHESTRATION_STATUS_FAILED,
          ORCHESTRATION_STATUS_CANCELED,
          ORCHESTRATION_STATUS_TERMINATED,
          UNRECOGNIZED ->
          false;
    };
  }

  static PurgeInstancesRequest checked(PurgeInstancesRequest request) {
    return switch (request.getRequestCase()) {
      case INSTANCEID, PURGEINSTANCEFILTER -> request;
      case INSTANCEBATCH -> {
        var unused = checked(request.getInstanceBatch());
        yield request;
      }
      case REQUEST_NOT_SET ->
          throw refused("Say what to purge: set instanceId, instanceBatch or purgeInstanceFilter.");
    };
  }

  static List<String> checked(InstanceBatch batch) {
    int count = batch.getInstanceIdsCount();
    if (count > BATCH_MAX) {
      throw refused(
          "The batch names "
              + count
              + " instances, at most "
              + BATCH_MAX
              + " are taken. Ask in several calls.");
    }
    return batch.getInstanceIdsList();
  }

  /**
   * Returns the query with a page size; clients leave the size at 0 when they have no preference.
   */
  static InstanceQuery paged(InstanceQuery query) {
    return query.getMaxInstanceCount() > 0
        ? query
        : query.toBuilder().setMaxInstanceCount(PAGE_SIZE).build();
  }

  static RefusedException refused(String message) {
    return new RefusedException(RefusedException.Reason.INVALID_ARGUMENT, message);
  }

  static RefusedException noSuchInstance(String instanceId) {
    return new RefusedException(
        RefusedException.Reason.NOT_FOUND,
        "No orchestration instance with ID '" + instanceId + "' was found.");
  }
}
