package dev.holdfast.server.grpc.worker;

import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityContext;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.server.grpc.GrpcConfig;
import dev.holdfast.server.grpc.GrpcServer;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/** An engine behind its gRPC port, and released clients and workers around it. */
final class Hosted implements AutoCloseable {
  final List<String> problems = new CopyOnWriteArrayList<>();
  final Engine engine;
  final GrpcServer server;
  final int port;
  final DurableTaskClient client;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  Hosted() throws IOException {
    this(WorkerSettings.DEFAULT, WhenUnserved.WAITS);
  }

  Hosted(WorkerSettings settings, WhenUnserved unserved) throws IOException {
    engine =
        new Engine(
            new MemoryStore(),
            new Engine.Settings(
                Limits.DEFAULT,
                2,
                unserved,
                Clocks.of(InstantSource.system(), System::nanoTime),
                new Random(7),
                Set.of()),
            new Problems() {
              @Override
              public void impossible(String what) {
                problems.add(what);
              }

              @Override
              public void warn(String what) {
                problems.add(what);
              }
            },
            problems::add);
    server =
        new GrpcServer(
            GrpcConfig.loopback().withPort(0, true).withWorkers(settings),
            engine.taskHub(),
            engine,
            new Random(11));
    engine.start();
    port = server.start();
    client = new DurableTaskGrpcClientBuilder().port(port).build();
  }

  /** What a worker of the released SDK is made of. */
  static final class Registered {
    private final DurableTaskGrpcWorkerBuilder builder = new DurableTaskGrpcWorkerBuilder();

    Registered orchestrator(String name, TaskOrchestration code) {
      builder.addOrchestration(
          new TaskOrchestrationFactory() {
            @Override
            public String getName() {
              return name;
            }

            @Override
            public TaskOrchestration create() {
              return code;
            }
          });
      return this;
    }

    /** Longer timers are made of pieces; three days each, unless it is said here. */
    Registered timersAtMost(Duration piece) {
      builder.maximumTimerInterval(piece);
      return this;
    }

    Registered activity(String name, Function<TaskActivityContext, Object> code) {
      TaskActivity activity = code::apply;
      builder.addActivity(
          new TaskActivityFactory() {
            @Override
            public String getName() {
              return name;
            }

            @Override
            public TaskActivity create() {
              return activity;
            }
          });
      return this;
    }
  }

  /** A worker with a connection of its own. */
  final class Running implements AutoCloseable {
    final ManagedChannel channel;
    final DurableTaskGrpcWorker worker;

    private Running(Registered registered) {
      channel = ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      worker = registered.builder.grpcChannel(channel).build();
      worker.start();
    }

    /** As if its process had died: the connection is gone, whatever was under way. */
    void kill() {
      channel.shutdownNow();
      worker.close();
    }

    @Override
    public void close() {
      worker.close();
      channel.shutdownNow();
    }
  }

  Running worker(Consumer<Registered> registers) {
    Registered registered = new Registered();
    registers.accept(registered);
    Running running = new Running(registered);
    opened.push(running);
    return running;
  }

  ManagedChannel channel() {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    opened.push(channel::shutdownNow);
    return channel;
  }

  OrchestrationMetadata ended(String id) throws TimeoutException {
    return client.waitForInstanceCompletion(id, Duration.ofSeconds(30), true);
  }

  OrchestrationMetadata run(String name, Object input) throws TimeoutException {
    return ended(client.scheduleNewOrchestrationInstance(name, input));
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
    client.close();
    server.close();
    engine.close();
  }
}
