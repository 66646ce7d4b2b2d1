package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteTaskResponse;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.server.FakeTaskHub;
import dev.holdfast.server.admission.Admission;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmittingTest {
  @Test
  void calls_that_do_not_fit_into_memory_together_are_refused_with_the_reason() throws Exception {
    Admission admission = new Admission(10_000);
    FakeTaskHub hub = new FakeTaskHub();
    try (GrpcServer server =
        new GrpcServer(
            GrpcConfig.loopback().withPort(0, true).withAdmission(admission),
            hub,
            new NoWork(),
            new Random(1))) {
      ManagedChannel channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", server.start()).usePlaintext().build();
      var client = TaskHubSidecarServiceGrpc.newBlockingStub(channel);
      CreateInstanceRequest large =
          CreateInstanceRequest.newBuilder()
              .setInstanceId("large")
              .setName("Flow")
              .setInput(StringValue.of("x".repeat(2_000)))
              .build();
      try (Admission.Claim others = admission.open()) {
        others.take(12_000);

        assertThatExceptionOfType(StatusRuntimeException.class)
            .isThrownBy(() -> client.startInstance(large))
            .satisfies(
                refused -> {
                  assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                  assertThat(refused.getStatus().getDescription()).contains("memory", "-Xmx");
                });
        assertThat(
                client.completeActivityTask(
                    ActivityResponse.newBuilder()
                        .setResult(StringValue.of("x".repeat(2_000)))
                        .build()))
            .as("what a worker has done is heard")
            .isEqualTo(CompleteTaskResponse.getDefaultInstance());
      }

      assertThat(client.startInstance(large).getInstanceId()).isEqualTo("large");
      await().untilAsserted(() -> assertThat(admission.held()).isZero());
      channel.shutdownNow();
    }
  }
}
