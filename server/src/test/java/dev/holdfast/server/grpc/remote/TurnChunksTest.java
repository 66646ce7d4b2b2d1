package dev.holdfast.server.grpc.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.OrchestratorAction;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.protocol.ScheduleTaskAction;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // The contract calls chunks old, but hubs have nothing newer.
class TurnChunksTest {
  private static OrchestratorResponse response(int... sizes) {
    OrchestratorResponse.Builder response =
        OrchestratorResponse.newBuilder()
            .setInstanceId("i")
            .setCompletionToken("t")
            .setCustomStatus(StringValue.of("\"s\""));
    for (int i = 0; i < sizes.length; i++) {
      response.addActions(
          OrchestratorAction.newBuilder()
              .setId(i)
              .setScheduleTask(
                  ScheduleTaskAction.newBuilder()
                      .setName("A")
                      .setInput(StringValue.of("x".repeat(sizes[i])))));
    }
    return response.build();
  }

  @Test
  void what_fits_stays_whole() {
    OrchestratorResponse small = response(10, 10);

    assertThat(TurnChunks.of(small, 1_000)).containsExactly(small);
  }

  @Test
  void what_does_not_fit_comes_in_numbered_messages_with_every_action_once() {
    OrchestratorResponse large = response(400, 400, 400, 2_000, 10, 400);

    List<OrchestratorResponse> chunks = TurnChunks.of(large, 1_000);

    assertThat(chunks).hasSizeGreaterThan(2);
    assertThat(chunks.stream().flatMap(it -> it.getActionsList().stream()))
        .containsExactlyElementsOf(large.getActionsList());
    for (int i = 0; i < chunks.size(); i++) {
      OrchestratorResponse chunk = chunks.get(i);
      assertThat(chunk.getChunkIndex().getValue()).isEqualTo(i);
      assertThat(chunk.getIsPartial()).isEqualTo(i < chunks.size() - 1);
      assertThat(chunk.getCompletionToken()).isEqualTo("t");
      assertThat(chunk.getInstanceId()).isEqualTo("i");
      assertThat(chunk.getActionsCount() == 1 || chunk.getSerializedSize() <= 1_010).isTrue();
    }
  }
}
