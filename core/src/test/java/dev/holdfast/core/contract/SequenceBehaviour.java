package dev.holdfast.core.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Store;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Tests random sequences of commits: joined or one by one, reopened or not, a store ends where the
 * specification ends.
 */
abstract class SequenceBehaviour extends StoreBehaviour {

  private static final int COMMITS = 60;

  @Test
  void a_then_b_in_one_commit_is_a_followed_by_b() {
    for (long seed : seeds()) {
      RandomCommits commits = new RandomCommits(seed);
      Random cuts = new Random(~seed);
      Writer oneByOne = open();
      Writer joined = open();

      Commit waiting = Commit.EMPTY;
      for (int i = 0; i < COMMITS; i++) {
        Commit commit = commits.next();
        oneByOne.write(commit);
        waiting = waiting.then(commit);
        if (cuts.nextInt(4) == 0 || i == COMMITS - 1) {
          joined.write(waiting);
          waiting = Commit.EMPTY;
          assertThat(contents(joined))
              .as("seed %d, after commit %d", seed, i)
              .isEqualTo(contents(oneByOne));
        }
      }
    }
  }

  @Test
  void joining_does_not_depend_on_the_order_in_which_commits_are_joined() {
    for (long seed : seeds()) {
      RandomCommits commits = new RandomCommits(seed);
      Writer left = open();
      Writer right = open();
      for (int i = 0; i < 10; i++) {
        Commit a = commits.next();
        Commit b = commits.next();
        Commit c = commits.next();

        left.write(a.then(b).then(c));
        right.write(a.then(b.then(c)));

        assertThat(contents(left)).as("seed %d, round %d", seed, i).isEqualTo(contents(right));
      }
    }
  }

  @Test
  void any_commit_is_taken_or_rejected_as_the_specification_does() {
    int rejected = 0;
    for (long seed : seeds()) {
      RandomCommits commits = new RandomCommits(seed, 0.04);
      Writer specified = new Writer(new MemoryStore());
      Writer tested = open();
      for (int i = 0; i < COMMITS; i++) {
        Commit commit = commits.next();

        Store.Outcome expected = specified.tryWrite(commit);
        Store.Outcome outcome = tested.tryWrite(commit);

        assertThat(outcome).as("seed %d, commit %d", seed, i).hasSameClassAs(expected);
        assertThat(tested.store.landed(tested.number()))
            .isEqualTo(specified.store.landed(specified.number()));
        rejected += outcome instanceof Store.Rejected ? 1 : 0;
        commits.follow(specified.store);
      }
      assertThat(contents(tested)).as("seed %d", seed).isEqualTo(contents(specified));
    }
    assertThat(rejected).isPositive();
  }

  @Test
  void reopening_anywhere_in_a_sequence_changes_nothing() {
    for (long seed : seeds()) {
      RandomCommits commits = new RandomCommits(seed);
      Random when = new Random(~seed);
      Writer specified = new Writer(new MemoryStore());
      Writer tested = open();
      for (int i = 0; i < COMMITS / 2; i++) {
        Commit commit = commits.next();
        specified.write(commit);
        tested.write(commit);
        if (when.nextInt(10) == 0) {
          tested = reopen(tested);
          assertThat(contents(tested))
              .as("seed %d, commit %d", seed, i)
              .isEqualTo(contents(specified));
        }
      }
      Writer again = reopen(tested);
      assertThat(contents(again)).as("seed %d", seed).isEqualTo(contents(specified));
      assertThat(again.store.opened().lastFlush()).isEqualTo(specified.number());
    }
  }

  private static Contents contents(Writer writer) {
    return Contents.of(writer.store, RandomCommits.NAMESPACES);
  }
}
