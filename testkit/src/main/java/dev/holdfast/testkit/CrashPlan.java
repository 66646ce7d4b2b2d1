package dev.holdfast.testkit;

import dev.holdfast.core.Commit;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.protocol.HistoryEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Plans the runs of one test with {@link CrashEverywhere}. The first run finds the writes at which
 * the later runs crash, and the expected outcome.
 */
final class CrashPlan {
  private final int most;
  private final List<String> writes = new ArrayList<>();
  private @Nullable Map<String, String> outcomes;

  CrashPlan(int most) {
    if (most < 1) {
      throw new IllegalArgumentException(
          "@CrashEverywhere tries at least one crash, but most is " + most + ".");
    }
    this.most = most;
  }

  /**
   * Returns the runs; the first one has no crash. The iterator knows the later runs only when the
   * first one has ended, and has none when the first one has failed.
   */
  Iterator<Run> runs() {
    return new Iterator<>() {
      private int given;

      @Override
      public boolean hasNext() {
        return given == 0 || given <= crashes();
      }

      @Override
      public Run next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return given++ == 0 ? new Run(-1, false) : crash(given - 2);
      }
    };
  }

  private int crashes() {
    return outcomes == null ? 0 : Math.min(most, 2 * writes.size());
  }

  private Run crash(int number) {
    int all = 2 * writes.size();
    int point = (int) ((long) number * all / crashes());
    return new Run(point / 2, point % 2 == 0);
  }

  /** Represents one run of the test, with at most one crash. */
  final class Run extends Crashes {
    private final int write;
    private final boolean lost;
    private int written;
    private boolean crashed;

    private Run(int write, boolean lost) {
      this.write = write;
      this.lost = lost;
    }

    private boolean isFirst() {
      return write < 0;
    }

    /** Returns a name of the run for people. */
    String name() {
      return isFirst()
          ? "without a crash"
          : "dies %s write %d, %s"
              .formatted(lost ? "before" : "after", write + 1, writes.get(write));
    }

    @Override
    boolean before(Store.Flush flush) {
      if (crashed || !counts(flush)) {
        return false;
      }
      if (isFirst()) {
        writes.add(words(flush.commit()));
      }
      crashed = lost && written == write;
      return crashed;
    }

    @Override
    boolean after(Store.Flush flush) {
      if (crashed || !counts(flush)) {
        return false;
      }
      crashed = !isFirst() && written == write;
      written++;
      return crashed;
    }

    /**
     * Compares the outcome of this run with the outcome of the first run.
     *
     * @throws AssertionError the outcomes differ
     */
    void compare(TestHub hub) {
      Map<String, String> now = outcomes(hub);
      if (isFirst()) {
        outcomes = now;
        return;
      }
      Map<String, String> first = Objects.requireNonNull(outcomes, "the first run has ended");
      if (!first.equals(now)) {
        throw new AssertionError(
            "Without a crash it ends as %s, but when the process %s it ends as %s.%s"
                .formatted(first, name(), now, repeated(hub)));
      }
    }

    /**
     * Adds to a failure of the test at which write the process crashed and which activities ran
     * again.
     */
    Throwable explained(Throwable failure, TestHub hub) {
      return isFirst()
          ? failure
          : new AssertionError(
              "When the process %s: %s%s".formatted(name(), failure.getMessage(), repeated(hub)),
              failure);
    }
  }

  private static Map<String, String> outcomes(TestHub hub) {
    Map<String, String> outcomes = new LinkedHashMap<>();
    for (TestInstance instance : hub.started()) {
      outcomes.put(instance.id(), instance.outcome());
    }
    outcomes.putAll(hub.entityStates());
    return outcomes;
  }

  private static String repeated(TestHub hub) {
    Map<String, Integer> runs = new LinkedHashMap<>();
    for (Call call : hub.calls()) {
      runs.merge(
          "'%s' of %s, step %d".formatted(call.name(), call.instanceId(), call.taskId()),
          1,
          Integer::sum);
    }
    List<String> again = runs.keySet().stream().filter(it -> runs.getOrDefault(it, 0) > 1).toList();
    return again.isEmpty()
        ? ""
        : System.lineSeparator()
            + "These activities ran again, because their results were lost: "
            + String.join("; ", again)
            + ".";
  }

  /** Returns whether the write concerns instances or entities, and not only the hub itself. */
  private static boolean counts(Store.Flush flush) {
    return !flush.commit().executions().isEmpty();
  }

  private static String words(Commit commit) {
    String words = "a message";
    for (Commit.Execution execution : commit.executions()) {
      for (Rows.History chunk : execution.history()) {
        List<HistoryEvent> events = HistoryBytes.events(chunk.bytes());
        List<String> lines = HistoryText.lines("", events);
        words = lines.isEmpty() ? words : "“" + shortened(lines.get(lines.size() - 1)) + "”";
      }
    }
    return words;
  }

  private static String shortened(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }
}
