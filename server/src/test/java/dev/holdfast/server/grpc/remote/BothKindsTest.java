package dev.holdfast.server.grpc.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.QueryInstancesResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A hub with two instances and three entities, one a page. */
class BothKindsTest {
  private static final List<String> INSTANCES = List.of("a", "b");
  private static final List<String> ENTITIES = List.of("@cart@1", "@cart@2", "@user@1");

  private final BothKinds both = new BothKinds(this::instances, this::entities);

  private CompletableFuture<QueryInstancesResponse> instances(InstanceQuery query) {
    int at = number(query.getContinuationToken());
    QueryInstancesResponse.Builder page =
        QueryInstancesResponse.newBuilder()
            .addOrchestrationState(
                OrchestrationState.newBuilder().setInstanceId(INSTANCES.get(at)));
    if (at + 1 < INSTANCES.size()) {
      page.setContinuationToken(StringValue.of("" + (at + 1)));
    }
    return CompletableFuture.completedFuture(page.build());
  }

  private CompletableFuture<QueryEntitiesResponse> entities(EntityQuery query) {
    List<String> found =
        ENTITIES.stream()
            .filter(id -> id.startsWith(query.getInstanceIdStartsWith().getValue()))
            .toList();
    int at = number(query.getContinuationToken());
    QueryEntitiesResponse.Builder page = QueryEntitiesResponse.newBuilder();
    if (at < found.size()) {
      page.addEntities(EntityMetadata.newBuilder().setInstanceId(found.get(at)));
    }
    if (at + 1 < found.size()) {
      page.setContinuationToken(StringValue.of("" + (at + 1)));
    }
    return CompletableFuture.completedFuture(page.build());
  }

  private static int number(StringValue token) {
    return token.getValue().isEmpty() ? 0 : Integer.parseInt(token.getValue());
  }

  private List<String> all(InstanceQuery query) {
    List<String> ids = new ArrayList<>();
    InstanceQuery next = query;
    while (true) {
      QueryInstancesResponse page = both.page(next).join();
      page.getOrchestrationStateList().forEach(state -> ids.add(state.getInstanceId()));
      if (page.getContinuationToken().getValue().isEmpty()) {
        return ids;
      }
      next = next.toBuilder().setContinuationToken(page.getContinuationToken()).build();
    }
  }

  private static InstanceQuery.Builder query() {
    return InstanceQuery.newBuilder().setMaxInstanceCount(1);
  }

  @Test
  void a_list_of_everything_has_the_instances_and_then_the_entities() {
    assertThat(all(query().build())).containsExactly("a", "b", "@cart@1", "@cart@2", "@user@1");
  }

  @Test
  void a_prefix_or_a_name_of_entities_lists_only_those() {
    assertThat(all(query().setInstanceIdPrefix(StringValue.of("@")).build()))
        .containsExactlyElementsOf(ENTITIES);
    assertThat(all(query().setInstanceIdPrefix(StringValue.of("@cart@2")).build()))
        .containsExactly("@cart@2");
    assertThat(
            all(query().setInstanceIdPrefix(StringValue.of("@")).setOrchestrator("@user").build()))
        .containsExactly("@user@1");
  }

  @Test
  void a_query_that_no_entity_meets_lists_only_instances() {
    for (InstanceQuery.Builder none :
        List.of(
            query().addRuntimeStatus(OrchestrationStatus.ORCHESTRATION_STATUS_FAILED),
            query().setCreatedTimeFrom(Timestamp.getDefaultInstance()),
            query().setParentInstanceId("p"),
            query().setOrchestrator("Pay"),
            query().setInstanceIdPrefix(StringValue.of("a")))) {
      assertThat(all(none.build())).containsExactly("a", "b");
    }
  }

  @Test
  void an_entity_looks_as_in_the_list_of_its_own_host() {
    OrchestrationState state =
        both.page(query().setInstanceIdPrefix(StringValue.of("@user")).build())
            .join()
            .getOrchestrationState(0);

    assertThat(state.getName()).isEqualTo("@user");
    assertThat(state.getOrchestrationStatus())
        .isEqualTo(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
  }
}
