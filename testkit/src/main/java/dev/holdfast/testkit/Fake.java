package dev.holdfast.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Defines the answers of an activity, a sub-orchestration or an operation of an entity that the
 * test replaces by a fake.
 *
 * <p>Behaviours are used in the order in which they were added; the last one is used for all
 * further calls:
 *
 * <pre>{@code
 * hub.activity("Charge").failsTimes(2, new IOException("down")).returns("paid");
 * hub.activity("Ship").takes(Duration.ofDays(3)).returns("shipped");
 * }</pre>
 *
 * <p>When a call is repeated after a crash, it gets the same answer again.
 *
 * <p>Set fakes up before the code under test calls them; behaviours that are added later come after
 * the existing ones.
 */
public final class Fake {

  /**
   * Describes the answer to some calls.
   *
   * @param times how many calls use this behaviour before the next one; the last behaviour is used
   *     without a limit
   * @param function computes the answer; null means that no answer ever comes
   */
  record Behaviour(int times, Duration takes, @Nullable FakeFunction function) {}

  private final String name;
  private final List<Behaviour> behaviours = new ArrayList<>();
  private Duration takes = Duration.ZERO;
  private final Map<String, Numbered> given = new HashMap<>();
  private int calls;
  private int usedOfFirst;

  Fake(String name) {
    this.name = name;
  }

  /** Answers all further calls with this value; null means no value. */
  public Fake returns(@Nullable Object value) {
    return add(Integer.MAX_VALUE, call -> value);
  }

  /** Answers one call with this value; null means no value. */
  public Fake returnsOnce(@Nullable Object value) {
    return add(1, call -> value);
  }

  /** Answers every call with the result of this function. */
  public Fake answers(FakeFunction function) {
    return add(Integer.MAX_VALUE, function);
  }

  /** Makes every call fail with this exception. */
  public Fake fails(Exception failure) {
    return failsTimes(Integer.MAX_VALUE, failure);
  }

  /**
   * Makes this many calls fail with this exception; further calls use the behaviour that is added
   * next.
   */
  public Fake failsTimes(int times, Exception failure) {
    if (times < 1) {
      throw new IllegalArgumentException("A fake fails at least once, but this is " + times + ".");
    }
    return add(
        times,
        call -> {
          throw failure;
        });
  }

  /** Leaves every call without an answer, like a system that hangs. */
  public Fake neverAnswers() {
    return add(Integer.MAX_VALUE, null);
  }

  /** Makes the behaviours that are added next take this long, in virtual time. */
  public Fake takes(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("A call cannot take " + time + ".");
    }
    takes = time;
    return this;
  }

  private synchronized Fake add(int times, @Nullable FakeFunction function) {
    behaviours.add(new Behaviour(times, takes, function));
    return this;
  }

  String name() {
    return name;
  }

  /** Returns how many times the fake was run; a run that is repeated after a crash counts again. */
  public synchronized int calls() {
    return calls;
  }

  /**
   * Holds the number of a call and the behaviour that it uses.
   *
   * @param number the number of the call, from 1
   */
  record Numbered(int number, Behaviour behaviour) {}

  /**
   * Counts a run of a call and returns its behaviour.
   *
   * @param call identifies the call; a run that is repeated after a crash has the same text, and so
   *     the same behaviour
   */
  synchronized Numbered next(String call) {
    calls++;
    Numbered known = known(call);
    given.put(call, known);
    return known;
  }

  private Numbered known(String call) {
    Numbered known = given.get(call);
    return known != null ? known : new Numbered(given.size() + 1, unused());
  }

  private Behaviour unused() {
    if (behaviours.isEmpty()) {
      throw new AssertionError(
          "The fake of '"
              + name
              + "' is called, but nothing says what it does. Add .returns(…), .answers(…) or"
              + " .fails(…).");
    }
    Behaviour first = behaviours.get(0);
    if (behaviours.size() > 1 && ++usedOfFirst >= first.times()) {
      behaviours.remove(0);
      usedOfFirst = 0;
    }
    return first;
  }
}
