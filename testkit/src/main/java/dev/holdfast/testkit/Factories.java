package dev.holdfast.testkit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.microsoft.durabletask.OrchestrationRunner;
import com.microsoft.durabletask.TaskActivityContext;
import com.microsoft.durabletask.TaskActivityFactory;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs orchestrations and activities of factories, in the same way as a worker of the client
 * library.
 */
final class Factories implements UserCode {
  private final Map<String, TaskOrchestrationFactory> orchestrations =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, TaskActivityFactory> activities =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Duration realTimeMax;

  Factories(
      List<TaskOrchestrationFactory> orchestrations,
      List<TaskActivityFactory> activities,
      Duration realTimeMax) {
    this.realTimeMax = realTimeMax;
    orchestrations.forEach(
        it -> unique(this.orchestrations.put(it.getName(), it), "orchestrations", it.getName()));
    activities.forEach(
        it -> unique(this.activities.put(it.getName(), it), "activities", it.getName()));
  }

  private static void unique(@Nullable Object other, String kind, String name) {
    if (other != null) {
      throw new IllegalArgumentException(
          "Two factories of " + kind + " have the name '" + name + "'. Register one of them.");
    }
  }

  @Override
  public boolean serves(WorkItem item) {
    return switch (item.kind()) {
      case ORCHESTRATOR -> orchestrations.containsKey(item.name());
      case ACTIVITY -> activities.containsKey(item.name());
      case ENTITY -> false;
    };
  }

  @Override
  public Collection<String> names(WorkItem.Kind kind) {
    return switch (kind) {
      case ORCHESTRATOR -> orchestrations.keySet();
      case ACTIVITY -> activities.keySet();
      case ENTITY -> List.of();
    };
  }

  @Override
  public @Nullable Answer run(WorkItem item) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer.complete(runHere(item));
              } catch (Throwable e) {
                answer.completeExceptionally(e);
              }
            },
            item.kind().word() + "-" + item.name());
    thread.setDaemon(true);
    thread.start();
    try {
      return answer.get(realTimeMax.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      StackTraceElement[] stack = thread.getStackTrace();
      thread.interrupt();
      throw new AssertionError(
          "The %s '%s' has not ended after %s of real time; it is at %s. Virtual time stands still while code runs, so nothing that the code waits for can come. Let it end, fake it, or allow it more with realTimeMax(…)."
              .formatted(
                  item.kind().word(),
                  item.name(),
                  realTimeMax,
                  stack.length == 0 ? "its end" : stack[0]),
          e);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new AssertionError("The test was interrupted while '" + item.name() + "' ran.", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("expected an answer, but " + e.getCause(), e);
    }
  }

  private Answer runHere(WorkItem item) {
    return item instanceof WorkItem.Turn turn ? turn(turn) : activity((WorkItem.Activity) item);
  }

  private Answer turn(WorkItem.Turn turn) {
    TaskOrchestrationFactory factory = orchestrations.get(turn.name());
    if (factory == null) {
      throw new IllegalStateException(
          "expected a factory of " + turn.name() + ", but none is there");
    }
    TaskOrchestration made = ctx -> factory.create().run(ctx);
    try {
      byte[] answer = OrchestrationRunner.loadAndRun(turn.request().toByteArray(), made);
      return new Answer.TurnDone(turn, OrchestratorResponse.parseFrom(answer));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "The client library gave an answer for '" + turn.name() + "' that cannot be read.", e);
    } catch (Throwable e) {
      return Answers.failed(turn, e);
    }
  }

  private Answer activity(WorkItem.Activity activity) {
    TaskActivityFactory factory = activities.get(activity.name());
    if (factory == null) {
      throw new IllegalStateException(
          "expected a factory of " + activity.name() + ", but none is there");
    }
    try {
      Object result = factory.create().run(new Context(activity.request()));
      return Answers.succeeded(activity, ClientJson.write(result));
    } catch (Throwable e) {
      return Answers.failed(activity, e);
    }
  }

  private record Context(ActivityRequest request) implements TaskActivityContext {
    @Override
    public String getName() {
      return request.getName();
    }

    // The library's own contexts return null for an absent input as well.
    @SuppressWarnings("NullAway")
    @Override
    public <T> T getInput(Class<T> type) {
      return ClientJson.read(request.hasInput() ? request.getInput().getValue() : null, type);
    }
  }
}
