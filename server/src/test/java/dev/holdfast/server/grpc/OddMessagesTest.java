package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.PurgeInstanceFilter;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.protocol.QueryInstancesRequest;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.server.FakeTaskHub;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bytes and numbers that no SDK of today sends. */
@Timeout(60)
class OddMessagesTest {
  private static final byte[][] BROKEN = {
    {0x0a, 0x7f, 0x01}, // A text of 127 bytes, of which one is there.
    {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // No tag.
    {0x0f}, // No such wire type.
    {0x0b, 0x0b, 0x0b} // Groups that never end.
  };

  /** An id that is a text of no characters. */
  private static final byte[] NO_UTF_8 = {0x0a, 0x02, (byte) 0xc3, 0x28};

  private final FakeTaskHub hub = new FakeTaskHub();
  private GrpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        new GrpcServer(GrpcConfig.loopback().withPort(0, true), hub, new NoWork(), new Random(1));
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", server.start()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void send(MethodDescriptor<?, ?> method, byte[] bytes) {
    MethodDescriptor<byte[], byte[]> raw = method.toBuilder(Raw.BYTES, Raw.BYTES).build();
    if (method.getType().serverSendsOneMessage()) {
      ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, bytes);
    } else {
      Iterator<byte[]> answers =
          ClientCalls.blockingServerStreamingCall(channel, raw, CallOptions.DEFAULT, bytes);
      answers.forEachRemaining(answer -> {});
    }
  }

  private void refused(MethodDescriptor<?, ?> method, byte[] broken) {
    assertThatExceptionOfType(StatusRuntimeException.class)
        .as("%s of %s", method.getBareMethodName(), HexFormat.of().formatHex(broken))
        .isThrownBy(() -> send(method, broken))
        .satisfies(
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(refused.getStatus().getDescription()).contains("protobuf");
            });
  }

  @Test
  void bytes_that_are_no_message_are_an_invalid_argument_and_no_stack_trace() {
    StringBuilder told = new StringBuilder();
    Handler listening =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            told.append(record.getMessage()).append(record.getThrown());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger gRpc = Logger.getLogger("io.grpc");
    gRpc.addHandler(listening);
    try {
      for (MethodDescriptor<?, ?> method :
          TaskHubSidecarServiceGrpc.getServiceDescriptor().getMethods()) {
        for (byte[] broken : BROKEN) {
          boolean empty = method.getBareMethodName().equals("Hello");
          if (empty && broken[0] == 0x0a) {
            continue; // Fields of Empty are unknown ones, whose bytes are not looked at.
          }
          refused(method, broken);
        }
      }
      refused(TaskHubSidecarServiceGrpc.getStartInstanceMethod(), NO_UTF_8);
    } finally {
      gRpc.removeHandler(listening);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void a_status_of_a_newer_sdk_is_one_that_no_instance_has() {
    var client = TaskHubSidecarServiceGrpc.newBlockingStub(channel);
    var policy = OrchestrationIdReusePolicy.newBuilder().addReplaceableStatusValue(99).build();

    assertThat(
            client
                .startInstance(
                    CreateInstanceRequest.newBuilder()
                        .setInstanceId("a")
                        .setName("Flow")
                        .setOrchestrationIdReusePolicy(policy)
                        .build())
                .getInstanceId())
        .isEqualTo("a");
    assertThat(
            client.queryInstances(
                QueryInstancesRequest.newBuilder()
                    .setQuery(InstanceQuery.newBuilder().addRuntimeStatusValue(99))
                    .build()))
        .isNotNull();
    assertThat(
            client
                .purgeInstances(
                    PurgeInstancesRequest.newBuilder()
                        .setPurgeInstanceFilter(
                            PurgeInstanceFilter.newBuilder().addRuntimeStatusValue(99))
                        .build())
                .getDeletedInstanceCount())
        .isZero();
  }
}
