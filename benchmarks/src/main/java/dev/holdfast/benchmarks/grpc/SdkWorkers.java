package dev.holdfast.benchmarks.grpc;

import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs workers of the released Java SDK, each with a connection and a thread of its own, as if each
 * were a process. They run the orchestration of the sequence workload.
 */
public final class SdkWorkers implements AutoCloseable {
  private final List<DurableTaskGrpcWorker> workers = new ArrayList<>();

  public SdkWorkers(int port, int connections) {
    for (int i = 0; i < connections; i++) {
      DurableTaskGrpcWorker worker =
          new DurableTaskGrpcWorkerBuilder()
              .port(port)
              .addOrchestration(orchestrator())
              .addActivity(activity())
              .build();
      worker.start();
      workers.add(worker);
    }
  }

  private static TaskOrchestrationFactory orchestrator() {
    return new TaskOrchestrationFactory() {
      @Override
      public String getName() {
        return "BenchSequence";
      }

      @Override
      public TaskOrchestration create() {
        return SdkWorkers::sequence;
      }
    };
  }

  private static void sequence(TaskOrchestrationContext ctx) {
    List<String> greetings = new ArrayList<>();
    for (String city : List.of("Tokyo", "London", "Seattle")) {
      greetings.add(ctx.callActivity("BenchHello", city, String.class).await());
    }
    ctx.complete(greetings);
  }

  private static TaskActivityFactory activity() {
    return new TaskActivityFactory() {
      @Override
      public String getName() {
        return "BenchHello";
      }

      @Override
      public TaskActivity create() {
        return ctx -> "Hello " + ctx.getInput(String.class) + "!";
      }
    };
  }

  @Override
  public void close() {
    workers.forEach(DurableTaskGrpcWorker::close);
  }
}
