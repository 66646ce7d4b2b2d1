package dev.holdfast.engine.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.engine.driven.FaultyStore.Fault;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every scenario, with the first call of the store going wrong, then the second, and so on until
 * none is left: before it has done anything, after it has, for want of room, or with the death of
 * the process. With {@code -Dholdfast.soak=true} also every pair of calls.
 */
class NthFaultTest {
  private static final int CALLS_MAX = 2_000;

  private final Scenarios scenarios = new Scenarios();

  /** Lets the calls with these numbers go wrong. */
  private static final class Nth {
    private final Fault fault;
    private final Set<Integer> which;
    private int calls;

    private Nth(Fault fault, Set<Integer> which) {
      this.fault = fault;
      this.which = which;
    }

    private Fault next() {
      return which.contains(++calls) ? fault : Fault.NONE;
    }
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void whichever_call_goes_wrong_each_scenario_comes_to_its_end(Fault fault) {
    scenarios
        .plays()
        .forEach(
            (name, play) -> {
              for (boolean roomy : new boolean[] {true, false}) {
                int n = 1;
                while (play(name, play, new Nth(fault, new TreeSet<>(Set.of(n))), roomy) >= n) {
                  assertThat(++n).as("calls of the store in " + name).isLessThan(CALLS_MAX);
                }
              }
            });
  }

  @Test
  void pairs_of_faults_in_a_soak() {
    int stride = Boolean.getBoolean("holdfast.soak") ? 1 : 97;
    for (Fault fault : new Fault[] {Fault.AFTER, Fault.CRASH_BEFORE, Fault.CRASH_AFTER}) {
      scenarios
          .plays()
          .forEach(
              (name, play) -> {
                int calls = play(name, play, new Nth(fault, Set.of()), false);
                for (int pair = 0; pair < calls * calls; pair += stride) {
                  int first = 1 + pair / calls;
                  int second = 1 + pair % calls;
                  play(
                      name,
                      play,
                      new Nth(fault, new TreeSet<>(Set.of(first, first + second))),
                      false);
                }
              });
    }
  }

  /** Plays it to its end; tells how often the store was called. */
  private int play(String name, Consumer<Player> play, Nth nth, boolean roomy) {
    try {
      Player player = new Player(scenarios.programs(), call -> nth.next(), roomy);
      play.accept(player);
      assertThat(player.differences()).isEmpty();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          "%s, %s, with %s at store call %s: %s"
              .formatted(
                  name,
                  roomy ? "with room" : "with hardly any room",
                  nth.fault,
                  nth.which,
                  e.getMessage()),
          e);
    }
    return nth.calls;
  }
}
