package dev.holdfast.server.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.EntityFilter;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.OrchestrationFilter;
import dev.holdfast.protocol.WorkItemFilters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which workers are sent entities: protocol reference §4.1. */
class EntityWorkersTest {

  /**
   * @param filters none, others (without entities), or entities
   */
  @ParameterizedTest
  @CsvSource({
    "grpc-java/1.46, 0, none, false",
    "grpc-java/1.68, 1, none, true",
    "grpc-java/1.68, 0, others, false",
    "grpc-java/1.68, 1, others, true",
    "grpc-node-js/1.13, 0, none, true",
    "grpc-node-js/1.13, 0, others, false",
    "grpc-node-js/1.13, 100, others, false",
    "grpc-node-js/1.13, 0, entities, true",
    "grpc-python/1.70, 0, none, true",
    "grpc-go/1.70, 0, none, false",
    "grpc-go/1.70, 5, none, true",
  })
  void whoever_knows_them_and_wants_some(
      String agent, int atOnce, String filters, boolean expected) {
    GetWorkItemsRequest.Builder request =
        GetWorkItemsRequest.newBuilder().setMaxConcurrentEntityWorkItems(atOnce);
    if (!filters.equals("none")) {
      WorkItemFilters.Builder wanted =
          WorkItemFilters.newBuilder()
              .addOrchestrations(OrchestrationFilter.newBuilder().setName("Greet"));
      if (filters.equals("entities")) {
        wanted.addEntities(EntityFilter.newBuilder().setName("counter"));
      }
      request.setWorkItemFilters(wanted);
    }

    assertThat(RemoteWorker.takesEntities(new Caller(null, agent, ""), request.build()))
        .isEqualTo(expected);
  }
}
