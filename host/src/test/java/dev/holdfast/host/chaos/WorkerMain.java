package dev.holdfast.host.chaos;

import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.TaskActivity;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A worker of the released SDK as a process of its own: {@code PORT turn|activity|nothing GATE}.
 *
 * <p>In the second turn, or in the second activity, that it runs it knocks at the gate, once, and
 * goes on when somebody there answers or hangs up.
 */
final class WorkerMain {
  static final String JOURNEY = "Journey";

  private final String holdsAt;
  private final int gate;
  private final AtomicBoolean held = new AtomicBoolean();

  private WorkerMain(String holdsAt, int gate) {
    this.holdsAt = holdsAt;
    this.gate = gate;
  }

  public static void main(String[] arguments) {
    WorkerMain main = new WorkerMain(arguments[1], Integer.parseInt(arguments[2]));
    DurableTaskGrpcWorker worker =
        new DurableTaskGrpcWorkerBuilder()
            .port(Integer.parseInt(arguments[0]))
            .addOrchestration(main.journey())
            .addActivity(main.step())
            .build();
    worker.startAndBlock();
  }

  /** Four steps, one after the other, whose results make up the digits of its own: 1234. */
  private TaskOrchestrationFactory journey() {
    return new TaskOrchestrationFactory() {
      @Override
      public String getName() {
        return JOURNEY;
      }

      @Override
      public TaskOrchestration create() {
        return ctx -> {
          int digits = 0;
          for (int step = 1; step <= 4; step++) {
            digits = digits * 10 + ctx.callActivity("Step", step, Integer.class).await();
            if (step == 1 && !ctx.getIsReplaying()) {
              holdAt("turn");
            }
          }
          ctx.complete(digits);
        };
      }
    };
  }

  private TaskActivityFactory step() {
    return new TaskActivityFactory() {
      @Override
      public String getName() {
        return "Step";
      }

      @Override
      public TaskActivity create() {
        return ctx -> {
          int step = ctx.getInput(Integer.class);
          if (step == 2) {
            holdAt("activity");
          }
          return step;
        };
      }
    };
  }

  private void holdAt(String place) {
    if (place.equals(holdsAt) && held.compareAndSet(false, true)) {
      try (Socket door = new Socket(InetAddress.getLoopbackAddress(), gate)) {
        var unused = door.getInputStream().read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
