package dev.holdfast.host.chaos;

import dev.holdfast.host.chaos.app.ChaosFunctions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One instance that clients have started: what they did to it, what they were told, and what must
 * become of it.
 */
final class Story {

  /** The orchestrators of {@link ChaosFunctions}, and what clients do with their instances. */
  enum Kind {
    CHAIN("Chain"),
    FAN("Fan"),
    GATHER("Gather"),
    /** As gather, suspended while the words come in. */
    HELD("Gather"),
    ROUNDS("Rounds"),
    NAPS("Naps"),
    FAMILY("Family"),
    FOREVER("Forever"),
    UNDO("Undo"),
    DOOMED("Doomed");

    final String orchestrator;

    Kind(String orchestrator) {
      this.orchestrator = orchestrator;
    }
  }

  /** How an instance has ended; output is plain JSON values. */
  record End(String status, @Nullable Object output) {}

  /** The words of the SDK's middleware for whatever an orchestrator throws. */
  private static final String FAILURE =
      "java.lang.RuntimeException: Unexpected failure in the task execution";

  final String id;
  final Kind kind;
  final int number;

  /** Sent words, each with how often nobody knows whether it came in. */
  private final Map<String, Integer> words = new TreeMap<>();

  private volatile boolean begunBefore;
  private volatile boolean acknowledged;
  private volatile boolean played;
  private @Nullable End end;
  private List<String> history = List.of();

  Story(String id, Kind kind, int number) {
    this.id = id;
    this.kind = kind;
    this.number = number;
  }

  String input() {
    return kind == Kind.ROUNDS ? "{\"generation\":0,\"words\":\"\"}" : Integer.toString(number);
  }

  /**
   * The start was answered with a yes: from now on the instance must be there.
   *
   * @param before how many starts were sent before this one whose outcome nobody knows
   */
  void acknowledge(int before) {
    begunBefore = before > 0;
    acknowledged = true;
  }

  /** Whether an earlier execution may have begun, and even ended, before the acknowledged one. */
  boolean mayHaveBegunBefore() {
    return begunBefore;
  }

  boolean isAcknowledged() {
    return acknowledged;
  }

  /** Clients have done all they wanted to do with it. */
  void played() {
    played = true;
  }

  boolean isPlayed() {
    return played;
  }

  /** A word was acknowledged after so many attempts whose outcome is unknown. */
  synchronized void said(String word, int unknown) {
    words.put(word, unknown);
  }

  synchronized @Nullable End end() {
    return end;
  }

  synchronized boolean hasEnded() {
    return end != null;
  }

  /**
   * Takes what a status query has told.
   *
   * @param told events in their order, without those that are merged into later ones
   * @return what is wrong with it; empty when nothing is
   */
  synchronized List<String> told(@Nullable End toldEnd, List<String> told) {
    List<String> wrong = new ArrayList<>();
    End before = end;
    if (before != null && !before.equals(toldEnd)) {
      wrong.add("I2 had ended as " + before + " and now is " + toldEnd);
    }
    if (told.isEmpty() && toldEnd == null) {
      return wrong; // Nothing is told of the past of one that is (again) pending.
    }
    boolean sameExecution =
        !history.isEmpty() && !told.isEmpty() && history.get(0).equals(told.get(0));
    boolean longer =
        told.size() >= history.size() && told.subList(0, history.size()).equals(history);
    if (sameExecution && !longer) {
      wrong.add("I3 history was\n  " + history + "\nand now is\n  " + told);
    }
    if (!sameExecution && !history.isEmpty() && kind != Kind.ROUNDS) {
      wrong.add("I2 a second execution: history was\n  " + history + "\nand now is\n  " + told);
    }
    history = List.copyOf(told);
    if (before == null && toldEnd != null) {
      end = toldEnd;
    }
    return wrong;
  }

  /** What is wrong with its end, all words having been acknowledged; empty when nothing is. */
  synchronized List<String> judged() {
    End now = Objects.requireNonNull(end);
    List<String> wrong = new ArrayList<>();
    switch (kind) {
      case CHAIN -> expect(wrong, now, "Completed", chain(number));
      case FAN -> expect(wrong, now, "Completed", fan(number));
      case FAMILY -> expect(wrong, now, "Completed", chain(chain(number) + fan(3)));
      case NAPS -> expect(wrong, now, "Completed", "in time");
      case UNDO -> expect(wrong, now, "Completed", "undone");
      case FOREVER -> expect(wrong, now, "Terminated", "enough");
      case DOOMED -> expect(wrong, now, "Failed", FAILURE);
      case GATHER, HELD, ROUNDS -> {
        if (now.status().equals("Completed") && now.output() instanceof String text) {
          judgeWords(List.of(text.split(" ")), wrong);
        } else {
          wrong.add("I2 expected words, but it is " + now);
        }
      }
    }
    return wrong;
  }

  private static void expect(List<String> wrong, End end, String status, Object output) {
    if (!end.status().equals(status) || !String.valueOf(end.output()).equals(output.toString())) {
      wrong.add("I2 expected " + status + " with " + output + ", but it is " + end);
    }
  }

  private void judgeWords(List<String> heard, List<String> wrong) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    heard.forEach(word -> counts.merge(word, 1, Integer::sum));
    words.forEach(
        (word, unknown) -> {
          int times = counts.getOrDefault(word, 0);
          if (times < 1 || times > 1 + unknown) {
            wrong.add(
                "I5 '%s' was acknowledged (and %d times unknown) and heard %d times in %s"
                    .formatted(word, unknown, times, heard));
          }
        });
    counts.keySet().removeAll(words.keySet());
    if (!counts.isEmpty()) {
      wrong.add("I5 heard what nobody said: " + counts.keySet());
    }
    Map<String, String> last = new TreeMap<>();
    for (String word : heard) {
      String sender = sender(word);
      String before = last.put(sender, word);
      if (before != null && order(before) > order(word)) {
        wrong.add("I6 '%s' came before '%s' in %s".formatted(before, word, heard));
      }
    }
  }

  /** The n-th word of a sender, or its last. */
  static String word(int sender, int n, boolean last) {
    return (last ? "bye" : "s") + sender + ":" + n;
  }

  private static String sender(String word) {
    return word.substring(0, word.indexOf(':')).replaceAll("\\D", "");
  }

  private static int order(String word) {
    return Integer.parseInt(word.substring(word.indexOf(':') + 1));
  }

  private static int chain(int value) {
    int result = value;
    for (int i = 0; i < 4; i++) {
      result = ChaosFunctions.result(result);
    }
    return result;
  }

  private static int fan(int width) {
    int sum = 0;
    for (int i = 0; i < width; i++) {
      sum += ChaosFunctions.result(i);
    }
    return sum;
  }

  /** The keys of the activities that it must have run by its end. */
  synchronized List<String> steps() {
    List<String> steps = new ArrayList<>();
    switch (kind) {
      case CHAIN -> chain(steps, id);
      case FAN -> fan(steps, id, number);
      case FAMILY -> {
        chain(steps, id + ".first");
        fan(steps, id + ".second", 3);
        chain(steps, id + ".third");
      }
      case UNDO -> {
        for (String step : List.of("do1", "do2", "do3", "undo2", "undo1")) {
          steps.add(id + "/" + step);
        }
      }
      case DOOMED -> steps.add(id + "/last");
      case ROUNDS -> {
        for (int i = 0; i < heard(); i++) {
          steps.add(id + "/round" + i);
        }
      }
      case GATHER, HELD -> {
        for (int i = 4; i <= heard(); i += 4) {
          steps.add(id + "/pause" + i);
        }
      }
      case NAPS, FOREVER -> {
        // They run none.
      }
    }
    return steps;
  }

  private int heard() {
    return String.valueOf(Objects.requireNonNull(end).output()).split(" ").length;
  }

  private static void chain(List<String> steps, String id) {
    for (int i = 0; i < 4; i++) {
      steps.add(id + "/link" + i);
    }
  }

  private static void fan(List<String> steps, String id, int width) {
    for (int i = 0; i < width; i++) {
      steps.add(id + "/blade" + i);
    }
  }
}
