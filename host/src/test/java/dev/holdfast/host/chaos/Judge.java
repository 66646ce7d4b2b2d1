package dev.holdfast.host.chaos;

import static java.util.Objects.requireNonNull;

import dev.holdfast.host.chaos.Caller.Reply;
import dev.holdfast.host.chaos.Story.End;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Compares what clients were told with what they were promised.
 *
 * <p>I1 what was acknowledged is there · I2 one execution, one end, as predicted · I3 history only
 * grows · I5 an acknowledged event is heard, once for each time it may have come in · I6 and in its
 * sender's order · I8 an activity runs at most once in each life of the process.
 */
final class Judge {
  private static final Set<String> ENDS = Set.of("Completed", "Failed", "Terminated", "Canceled");

  /** Shown only until their outcome is there, into which they are merged. */
  private static final Set<String> MERGED =
      Set.of("TaskScheduled", "SubOrchestrationInstanceCreated");

  private static final int SHOWN_MAX = 20;

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  void wrong(Story story, String what) {
    wrong.add(story.id + ": " + what);
  }

  void wrong(String what) {
    wrong.add(what);
  }

  boolean isContent() {
    return wrong.isEmpty();
  }

  /** What is wrong, one each; as many as a person reads. */
  List<String> findings() {
    return wrong.stream().limit(SHOWN_MAX).toList();
  }

  /** Takes the answer to a status query about an acknowledged instance. */
  void hears(Story story, Reply reply) {
    if (reply.status() == 404) {
      wrong(story, "I1 its start was acknowledged, but it is not there");
      return;
    }
    if (reply.status() != 200 && reply.status() != 202) {
      wrong(story, "I1 its status was answered " + reply);
      return;
    }
    Map<String, @Nullable Object> status = reply.object();
    String name = String.valueOf(status.get("runtimeStatus"));
    End end = ENDS.contains(name) ? new End(name, status.get("output")) : null;
    List<String> history = new ArrayList<>();
    // Left out as long as the instance has not taken its first step.
    Object events = status.getOrDefault("historyEvents", List.of());
    for (Object event : (List<?>) requireNonNull(events)) {
      if (!MERGED.contains(String.valueOf(((Map<?, ?>) event).get("EventType")))) {
        history.add(event.toString());
      }
    }
    story.told(end, history).forEach(it -> wrong(story, it));
  }

  /** Looks at everything once all has ended. */
  void judge(Collection<Story> stories, Map<String, List<Integer>> attempts, int lives) {
    for (Story story : stories) {
      story.judged().forEach(it -> wrong(story, it));
      for (String step : story.steps()) {
        if (!attempts.containsKey(step)) {
          wrong(story, "I8 " + step + " was never run");
        }
      }
    }
    attempts.forEach(
        (step, when) -> {
          if (when.size() > 1 && Set.copyOf(when).size() < when.size()) {
            wrong("I8 " + step + " was run more than once in one life of the process: " + when);
          }
          if (when.stream().anyMatch(life -> life < 1 || life > lives)) {
            wrong("I8 " + step + " was run in lives that were not: " + when);
          }
        });
  }
}
