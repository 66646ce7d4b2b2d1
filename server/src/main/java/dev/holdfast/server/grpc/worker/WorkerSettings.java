package dev.holdfast.server.grpc.worker;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How remote workers are served.
 *
 * @param itemsMax how many turns, and how many activities, one worker gets before it has answered;
 *     it may ask for fewer or more
 * @param serialItemsMax the same for workers that say nothing and run one item after the other: so
 *     many keep them busy, and more would only wait behind each other while other workers are free
 * @param itemBytesMax the largest work item that is sent to a worker whose library reads no more; a
 *     larger one fails and says why
 * @param responseBytesMax the largest answer to one turn, all its chunks together
 * @param pingEvery a worker that was sent nothing for so long gets a health ping; SDKs take two
 *     minutes of silence for a broken connection
 * @param silentFor a connection that shows no sign of life for so long is asked for one
 * @param answerWithin and is closed when it gives none for so long
 * @param turnTimeout a turn that has been with a worker for so long goes to another that has room,
 *     and the first answer counts
 * @param activityTimeouts how long one attempt of an activity may take, by its name in any case; an
 *     attempt that takes longer has failed. Those not named may take for ever
 * @param entityTimeouts how long a worker may take for one batch of an entity, by its name in any
 *     case; then the batch is handed out again, and the first results count. Those not named may
 *     take for ever
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

  /** How often to look for what takes too long: not much later than it does. */
  public Duration lookEvery() {
    Duration shortest = turnTimeout;
    for (Map<String, Duration> limits : List.of(activityTimeouts, entityTimeouts)) {
      for (Duration limit : limits.values()) {
        shortest = limit.compareTo(shortest) < 0 ? limit : shortest;
      }
    }
    return Duration.ofMillis(Math.max(5, Math.min(1_000, shortest.toMillis() / 10)));
  }

  public WorkerSettings withItemBytesMax(int bytes) {
    return new WorkerSettings(
        itemsMax,
        serialItemsMax,
        bytes,
        responseBytesMax,
        pingEvery,
        silentFor,
        answerWithin,
        turnTimeout,
        activityTimeouts,
        entityTimeouts);
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
