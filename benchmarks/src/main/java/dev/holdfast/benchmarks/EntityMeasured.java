package dev.holdfast.benchmarks;

import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Adds numbers to counters; in the end the sum of all counters must equal the sum of all added
 * numbers.
 */
final class EntityMeasured implements Measured {
  /** One orchestration sends this many signals. */
  static final int SIGNALS = 100;

  private static final int COUNTERS = 1_000;
  private static final int POLL_NANOS = 5_000_000;
  private static final long SETTLED_AFTER_NANOS = 60_000_000_000L;

  private final TaskHub hub;
  private final Supplier<CompletableFuture<Void>> once;
  private final int size;
  private final AtomicLong sent = new AtomicLong();

  private EntityMeasured(TaskHub hub, Supplier<CompletableFuture<Void>> once, int size) {
    this.hub = hub;
    this.once = once;
    this.size = size;
  }

  static EntityMeasured byOrchestrations(TaskHub hub, HubOperation orchestration) {
    return new EntityMeasured(hub, orchestration::run, SIGNALS);
  }

  static EntityMeasured byClient(
      TaskHub hub, Function<SignalEntityRequest, CompletableFuture<Void>> client) {
    AtomicLong next = new AtomicLong();
    return new EntityMeasured(
        hub,
        () ->
            client.apply(
                SignalEntityRequest.newBuilder()
                    .setInstanceId("@benchcounter@" + next.getAndIncrement() % COUNTERS)
                    .setName("add")
                    .setInput(StringValue.of("1"))
                    .build()),
        1);
  }

  @Override
  public CompletableFuture<Void> run() {
    sent.addAndGet(size);
    return once.get();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long settle() {
    long begin = System.nanoTime();
    long missing = sent.get() - sum();
    while (missing > 0 && System.nanoTime() - begin < SETTLED_AFTER_NANOS) {
      LockSupport.parkNanos(POLL_NANOS);
      missing = sent.get() - sum();
    }
    return Math.abs(missing);
  }

  private long sum() {
    long sum = 0;
    String token = "";
    do {
      QueryEntitiesResponse page =
          hub.queryEntities(
                  EntityQuery.newBuilder()
                      .setInstanceIdStartsWith(StringValue.of("@benchcounter@"))
                      .setIncludeState(true)
                      .setPageSize(Int32Value.of(COUNTERS))
                      .setContinuationToken(StringValue.of(token))
                      .build())
              .join();
      for (EntityMetadata counter : page.getEntitiesList()) {
        sum += Long.parseLong(counter.getSerializedState().getValue());
      }
      token = page.getContinuationToken().getValue();
    } while (!token.isEmpty());
    return sum;
  }
}
