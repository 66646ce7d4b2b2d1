package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.EntityRequest;
import dev.holdfast.protocol.HealthPing;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Serializes {@code WorkItem} messages. The core delivers a turn in serialized form; the turn is
 * put into its envelope unchanged, and is never parsed.
 */
final class WorkItemBytes {
  static final ByteString PING =
      dev.holdfast.protocol.WorkItem.newBuilder()
          .setHealthPing(HealthPing.getDefaultInstance())
          .build()
          .toByteString();

  private static final int LENGTH_DELIMITED = 2;
  private static final int TAG_BYTES_MAX = 5;

  private WorkItemBytes() {}

  static ByteString of(WorkItem item, String token) {
    if (item instanceof WorkItem.Turn turn) {
      return of(turn.request(), token);
    }
    if (item instanceof WorkItem.EntityBatch batch) {
      return dev.holdfast.protocol.WorkItem.newBuilder()
          .setEntityRequestV2(request(batch))
          .setCompletionToken(token)
          .build()
          .toByteString();
    }
    return dev.holdfast.protocol.WorkItem.newBuilder()
        .setActivityRequest(((WorkItem.Activity) item).request())
        .setCompletionToken(token)
        .build()
        .toByteString();
  }

  private static EntityRequest request(WorkItem.EntityBatch batch) {
    EntityRequest.Builder request =
        EntityRequest.newBuilder()
            .setInstanceId(batch.instanceId())
            .setExecutionId(batch.executionId())
            .addAllOperationRequests(batch.operations());
    if (batch.state() != null) {
      request.setEntityState(StringValue.of(batch.state()));
    }
    return request.build();
  }

  static ByteString of(ByteString orchestratorRequest, String token) {
    return head(
            dev.holdfast.protocol.WorkItem.ORCHESTRATORREQUEST_FIELD_NUMBER,
            orchestratorRequest.size())
        .concat(orchestratorRequest)
        .concat(
            dev.holdfast.protocol.WorkItem.newBuilder()
                .setCompletionToken(token)
                .build()
                .toByteString());
  }

  private static ByteString head(int field, int size) {
    byte[] bytes = new byte[2 * TAG_BYTES_MAX];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeTag(field, LENGTH_DELIMITED);
      out.writeUInt32NoTag(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // The array has room for a tag and a length.
    }
    return ByteString.copyFrom(bytes, 0, out.getTotalBytesWritten());
  }

  /** Writes the bytes of a message unchanged; this side never reads work items. */
  static final MethodDescriptor.Marshaller<ByteString> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(ByteString bytes) {
          return new Stream(bytes);
        }

        @Override
        public ByteString parse(InputStream stream) {
          try {
            return ByteString.readFrom(stream);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  /** Lets gRPC copy the whole message in one step. */
  private static final class Stream extends FilterInputStream implements Drainable, KnownLength {
    private final ByteString bytes;

    Stream(ByteString bytes) {
      super(bytes.newInput());
      this.bytes = bytes;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      bytes.writeTo(target);
      in = InputStream.nullInputStream();
      return bytes.size();
    }
  }
}
