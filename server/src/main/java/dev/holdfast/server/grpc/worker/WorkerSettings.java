package dev.holdfast.server.grpc.worker;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the settings by which remote workers are served.
 *
 * @param itemsMax how many turns, and how many activities, a worker may have unanswered; a worker
 *     may ask for fewer or more
 * @param serialItemsMax the same number for workers that ask for none and run one item after the
 *     other. This many keep them busy; further items would wait behind each other while other
 *     workers are free
 * @param itemBytesMax the largest work item that is sent to a worker whose gRPC library has a
 *     limit; a larger one fails and says why
 * @param responseBytesMax the largest answer to one turn, all its chunks together
 * @param pingEvery a worker that was sent nothing for this time gets a health ping; SDKs take two
 *     minutes of silence for a broken connection
 * @param silentFor a connection without a sign of life for this time is pinged
 * @param answerWithin a connection that does not answer such a ping within this time is closed
 * @param turnTimeout a turn that a worker has had for this time goes to another worker that has
 *     room, and the first answer counts
 * @param activityTimeouts the time that one attempt of an activity may take, by the activity's name
 *     in any case; an attempt that takes longer has failed. Activities that are not named may take
 *     for ever
 * @param entityTimeouts the time that a worker may take for one batch of an entity, by the entity's
 *     name in any case; after it the batch is handed out again, and the first results count.
 *     Entities that are not named may take for ever
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
