package dev.holdfast.server.grpc.worker;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the settings by which remote workers are served.
 *
 * @param itemsMax how many unanswered turns, and how many unanswered activities, a worker may hold;
 *     a worker may request fewer or more
 * @param serialItemsMax the same number for workers that request no number and run one item after
 *     the other. This many items keep a worker busy; more would wait behind each other while other
 *     workers are free
 * @param itemBytesMax the size of the largest work item that is sent to a worker whose gRPC library
 *     has a limit; a larger item fails with a message that names the reason
 * @param responseBytesMax the maximum size of an answer to one turn, including all its chunks
 * @param pingEvery the silence after which a worker gets a health ping; SDKs take two minutes of
 *     silence for a broken connection
 * @param silentFor the silence of a client after which its connection is pinged
 * @param answerWithin the time after which a connection that does not answer this ping is closed
 * @param turnTimeout the time after which a turn that a worker holds goes to another worker that
 *     has room; the first answer counts
 * @param activityTimeouts the time that one attempt of an activity may take, by the activity's name
 *     in any case; an attempt that takes longer has failed. Activities without an entry have no
 *     limit
 * @param entityTimeouts the time that a worker may take for one batch of an entity, by the entity's
 *     name in any case; after this time the batch is handed out again, and the first results count.
 *     Entities without an entry have no limit
 */
public record WorkerSettings(
    int itemsMax,
    int serialItemsMax,
    int itemBytesMax,
    int responseBytesMax,
    Duration pingEvery,
    Duration silentFor,
    Duration answerWithin,
    Duration turnTimeout,
    Map<String, Duration> activityTimeouts,
    Map<String, Duration> entityTimeouts) {

  public static final WorkerSettings DEFAULT =
      new WorkerSettings(
          100,
          16,
          4 * 1024 * 1024,
          256 * 1024 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Map.of(),
          Map.of());

  public WorkerSettings {
    activityTimeouts = anyCase(activityTimeouts);
    entityTimeouts = anyCase(entityTimeouts);
  }

  private static Map<String, Duration> anyCase(Map<String, Duration> limits) {
    Map<String, Duration> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(limits);
    return Collections.unmodifiableMap(anyCase);
  }

  /**
   * Returns the interval between two checks for items that take too long: a tenth of the shortest
   * limit, between 5 ms and 1 s.
   */
  public Duration lookEvery() {
    Duration shortest = turnTimeout;
    for (Map<String, Duration> limits : List.of(activityTimeouts, entityTimeouts)) {
      for (Duration limit : limits.values()) {
        shortest = limit.compareTo(shortest) < 0 ? limit : shortest;
      }
    }
    return Duration.ofMillis(Math.max(5, Math.min(1_000, shortest.toMillis() / 10)));
  }

  public WorkerSettings withLiveness(Duration ping, Duration silent, Duration answer) {
    return new WorkerSettings(
        itemsMax,
        serialItemsMax,
        itemBytesMax,
        responseBytesMax,
        ping,
        silent,
        answer,
        turnTimeout,
        activityTimeouts,
        entityTimeouts);
  }

  public WorkerSettings withTimeouts(Duration turn, Map<String, Duration> activities) {
    return new WorkerSettings(
        itemsMax,
        serialItemsMax,
        itemBytesMax,
        responseBytesMax,
        pingEvery,
        silentFor,
        answerWithin,
        turn,
        activities,
        entityTimeouts);
  }

  public WorkerSettings withEntityTimeouts(Map<String, Duration> entities) {
    return new WorkerSettings(
        itemsMax,
        serialItemsMax,
        itemBytesMax,
        responseBytesMax,
        pingEvery,
        silentFor,
        answerWithin,
        turnTimeout,
        activityTimeouts,
        entities);
  }
}
