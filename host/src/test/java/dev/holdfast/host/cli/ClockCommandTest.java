package dev.holdfast.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.Store;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands say and do about clocks while no host runs. */
class ClockCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private SqliteStore openAt(Instant hub) {
    SqliteStore store = SqliteStore.open(SqliteOptions.in(folder));
    long micros = hub.toEpochMilli() * 1_000;
    assertThat(store.commit(new Store.Flush(1, micros, Commit.EMPTY)))
        .isEqualTo(new Store.Committed());
    return store;
  }

  private int run(Object command, String... arguments) {
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @Test
  void verify_tells_a_hub_that_is_far_ahead_of_its_machine() {
    openAt(Instant.now().plus(Duration.ofDays(3_650))).close();

    assertThat(run(new StoreCommands.Verify(), "--data", folder.toString())).isZero();
    assertThat(out.toString()).contains("is sound");
    assertThat(err.toString())
        .contains("This machine's clock says", "holdfast clock --confirm --data " + folder);
  }

  @Test
  void verify_tells_a_machine_that_is_far_ahead_of_its_hub() {
    openAt(Instant.now().minus(Duration.ofDays(3_650))).close();

    assertThat(run(new StoreCommands.Verify(), "--data", folder.toString())).isZero();
    assertThat(err.toString()).contains("the task hub was last at");
  }

  @Test
  void a_note_that_cannot_be_read_confirms_nothing_and_goes() throws IOException {
    DataFolder data = new DataFolder(folder);
    data.confirmClock();
    Path note;
    try (Stream<Path> files = Files.list(folder)) {
      note = files.findFirst().orElseThrow();
    }
    Files.writeString(note, "yesterday");

    assertThat(data.takeClockConfirmed()).isFalse();
    assertThat(note).doesNotExist();
  }

  @Test
  void verify_says_nothing_of_clocks_that_agree() {
    openAt(Instant.now()).close();

    assertThat(run(new StoreCommands.Verify(), "--data", folder.toString())).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void a_clock_is_confirmed_although_a_killed_host_has_left_its_address() throws Exception {
    DataFolder data = new DataFolder(folder);
    openAt(Instant.now().plus(Duration.ofDays(3_650))).close();
    data.announce(URI.create("http://localhost:1"), "killed");

    assertThat(run(new ClockCommand(), "--confirm", "--data", folder.toString())).isZero();
    assertThat(data.takeClockConfirmed()).isTrue();
  }

  @Test
  void no_note_is_left_where_a_host_holds_the_hub() throws Exception {
    DataFolder data = new DataFolder(folder);
    SqliteStore held = openAt(Instant.now());
    try (held) {
      data.announce(URI.create("http://localhost:1"), "lives");

      assertThat(run(new ClockCommand(), "--confirm", "--data", folder.toString())).isNotZero();
      assertThat(data.takeClockConfirmed()).isFalse();
    }
  }
}
