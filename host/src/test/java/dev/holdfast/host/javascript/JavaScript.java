package dev.holdfast.host.javascript;

import dev.holdfast.host.Holdfast;
import dev.holdfast.host.HostOptions;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A host without an app, a JavaScript client, and as many JavaScript workers as are wanted. */
final class JavaScript implements AutoCloseable {
  final Holdfast host;
  final NodeProcess client;
  private final Deque<NodeProcess> workers = new ArrayDeque<>();

  JavaScript(Path folder) throws IOException, InterruptedException {
    host =
        Holdfast.start(
            HostOptions.onFreePorts(null, new DataFolder(folder.resolve("data")), StoreKind.SQLITE)
                .withoutApp(),
            Map.of());
    client = NodeProcess.client(host.grpcPort());
  }

  NodeProcess worker(Map<String, ?> options) throws IOException, InterruptedException {
    NodeProcess worker = NodeProcess.worker(host.grpcPort(), options);
    workers.push(worker);
    return worker;
  }

  /** A worker of which this is the whole code. */
  void workerOf(String code) throws IOException, InterruptedException {
    workers.push(NodeProcess.workerOf(code));
  }

  /** As the scripts take it for a time. */
  static Map<String, String> time(Instant at) {
    return Map.of("time", at.toString());
  }

  String start(String name, @Nullable Object input) throws InterruptedException {
    return (String) Objects.requireNonNull(client.call("scheduleNewOrchestration", name, input));
  }

  String start(String name, @Nullable Object input, Map<String, ?> options)
      throws InterruptedException {
    return (String)
        Objects.requireNonNull(client.call("scheduleNewOrchestration", name, input, options));
  }

  /** Starts it and waits for its end. */
  State run(String name, @Nullable Object input) throws InterruptedException {
    return ended(start(name, input));
  }

  State ended(String id) throws InterruptedException {
    return state(client.call("waitForOrchestrationCompletion", id, true, 30));
  }

  State begun(String id) throws InterruptedException {
    return state(client.call("waitForOrchestrationStart", id, true, 30));
  }

  State state(String id) throws InterruptedException {
    return state(client.call("getOrchestrationState", id, true));
  }

  void raise(String id, String name, @Nullable Object data) throws InterruptedException {
    client.call("raiseOrchestrationEvent", id, name, data);
  }

  private static State state(@Nullable Object state) {
    return new State((Map<?, ?>) Objects.requireNonNull(state, "there is no such instance"));
  }

  /** What the SDK tells of an instance. */
  record State(Map<?, ?> fields) {
    static final int RUNNING = 0;
    static final int COMPLETED = 1;
    static final int FAILED = 3;
    static final int TERMINATED = 5;
    static final int PENDING = 6;
    static final int SUSPENDED = 7;

    String id() {
      return (String) field("instanceId");
    }

    int status() {
      return ((Number) field("runtimeStatus")).intValue();
    }

    @Nullable Object output() {
      return fields.get("serializedOutput");
    }

    @Nullable Object customStatus() {
      return fields.get("serializedCustomStatus");
    }

    String failure() {
      Map<?, ?> details = (Map<?, ?>) field("failureDetails");
      return details.get("_errorType") + ": " + details.get("_message");
    }

    Instant createdAt() {
      return Instant.parse((String) field("createdAt"));
    }

    Instant updatedAt() {
      return Instant.parse((String) field("lastUpdatedAt"));
    }

    private Object field(String name) {
      return Objects.requireNonNull((Object) fields.get(name), () -> name + " of " + fields);
    }
  }

  @Override
  public void close() {
    workers.forEach(NodeProcess::close);
    client.close();
    host.close();
  }
}
