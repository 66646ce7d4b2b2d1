package dev.holdfast.functions;

import dev.holdfast.core.RefusedException;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.durable.Narration;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.HttpReplies;
import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.kinds.HttpTrigger;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.Patience;
import dev.holdfast.functions.work.PlaceLimits;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.functions.work.WorkPool;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs functions for callers outside the engine: HTTP requests and the admin API. */
final class FunctionCalls implements AutoCloseable {

  private static final Duration IDLE = Duration.ofSeconds(10);

  /**
   * At most this many functions run at once, and further calls wait in a queue; the number is high
   * because these functions mostly wait.
   */
  private static final int MOST = 1_000;

  private static final int STEADY = 16;

  private final WorkPool pool;
  private final ValueWriter writer;
  private final AppContext context;
  private final TimeLimit limit;
  private final BindingKinds kinds;

  FunctionCalls(ValueWriter writer, AppContext context, TimeLimit limit, BindingKinds kinds) {
    this.kinds = kinds;
    this.limit = limit;
    this.writer = writer;
    this.context = context;
    Patience patience = context.patience();
    this.pool =
        new WorkPool(
            "functions",
            STEADY,
            new PlaceLimits(MOST, patience.extraPlaces(), patience.heldAfter()),
            IDLE);
    limit.alsoLook(pool::look);
  }

  CompletableFuture<HttpReply> http(FunctionPlan plan, HttpCall call) {
    CompletableFuture<HttpReply> reply = new CompletableFuture<>();
    context
        .past()
        .inHand()
        .submit(
            pool,
            List.of(
                new Call<>(
                    plan,
                    HttpTrigger.input(plan.definition().trigger(), call),
                    reply,
                    invocation -> HttpReplies.of(plan, invocation, writer)) {
                  @Override
                  void failed(Throwable failure) {
                    RefusedException trouble = HubTrouble.in(failure);
                    if (trouble == null) {
                      reply.complete(HttpReply.empty(500));
                    } else {
                      reply.completeExceptionally(trouble);
                    }
                  }
                }));
    return reply;
  }

  CompletableFuture<Void> text(FunctionPlan plan, String value) {
    FunctionDefinition function = plan.definition();
    TriggerInput input = kinds.trigger(function.trigger()).byHand(function, value, context);
    CompletableFuture<Void> done = new CompletableFuture<>();
    context
        .past()
        .inHand()
        .submit(pool, List.of(new Call<>(plan, input, done, FunctionCalls::nothing)));
    return done;
  }

  private static @Nullable Void nothing(Invocation invocation) {
    return null;
  }

  private interface Outcome<T> {
    @Nullable T of(Invocation invocation);
  }

  private class Call<T> implements WorkPool.Task {
    private final FunctionPlan plan;
    private final TriggerInput input;
    private final CompletableFuture<T> future;
    private final Outcome<T> outcome;

    Call(FunctionPlan plan, TriggerInput input, CompletableFuture<T> future, Outcome<T> outcome) {
      this.plan = plan;
      this.input = input;
      this.future = future;
      this.outcome = outcome;
    }

    @Override
    public void run() {
      try {
        int place = context.past().inHand().begin(plan.definition().name());
        try {
          run(plan.begin(input));
        } finally {
          context.past().inHand().end(place);
        }
      } catch (RuntimeException | Error e) {
        // The function has not begun, but its caller still waits for an answer.
        context.log().finished(plan.definition().name(), "", null, Duration.ZERO, e);
        failed(e);
      }
    }

    private void run(Invocation invocation) {
      Narration narration = Narration.begin(context.log(), invocation);
      TimeLimit.Run timed =
          limit.begin(RunLimits.Kind.FUNCTION, name(), pool, timeout -> failed(narration, timeout));
      try (timed) {
        plan.run(invocation);
        timed.end();
        @Nullable T result = outcome.of(invocation);
        narration.end(null);
        future.complete(result);
      } catch (Throwable e) {
        Throwable failure = timed.failure(unwrapped(e));
        if (!timed.isGivenUp()) {
          failed(narration, failure);
        }
      }
    }

    private void failed(Narration narration, Throwable failure) {
      narration.end(failure);
      failed(failure);
    }

    void failed(Throwable failure) {
      future.completeExceptionally(failure);
    }

    @Override
    public String name() {
      return plan.definition().name();
    }

    @Override
    public void abandon(String reason) {
      future.completeExceptionally(new RejectedExecutionException(reason));
    }
  }

  private static Throwable unwrapped(Throwable thrown) {
    return thrown instanceof InvocationTargetException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  void drain(Duration patience) {
    pool.drain(patience);
  }

  @Override
  public void close() {
    pool.close();
  }
}
