package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.http.keys.Key.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileKeyRecordsTest {
  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();

  private Path file() {
    return folder.resolve("keys.json");
  }

  private Keys open() {
    return new Keys(new FileKeyRecords(file(), nanos::get), InstantSource.system());
  }

  private void aSecondPasses() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void keys_outlive_a_restart() {
    String secret = open().create(Kind.HOST, "", "default").secret();

    assertThat(open().recognise(secret)).isPresent();
  }

  @Test
  void only_the_owner_may_read_the_file() throws IOException {
    open().create(Kind.HOST, "", "default");

    try (var files = Files.list(folder)) {
      for (Path path : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void what_another_process_changes_shows_within_a_second() {
    Keys server = open();
    String doomed = server.create(Kind.HOST, "", "default").secret();
    Keys commandLine = open();

    String made = commandLine.create(Kind.FUNCTION, "Hello", "mine").secret();
    commandLine.delete(Kind.HOST, "", "default");

    aSecondPasses();
    assertThat(server.recognise(made)).isPresent();
    assertThat(server.recognise(doomed)).isEmpty();
  }

  @Test
  void changes_of_several_processes_do_not_undo_each_other() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "k" + i;
      Keys own = open();
      Thread thread =
          new Thread(
              () -> {
                for (int n = 0; n < 5; n++) {
                  own.create(Kind.HOST, "", name + "-" + n);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    aSecondPasses();
    assertThat(open().active()).hasSize(20);
  }

  @Test
  void a_half_written_file_of_a_crash_is_ignored() throws IOException {
    String secret = open().create(Kind.HOST, "", "default").secret();
    Files.writeString(folder.resolve("keys.json.next"), "{\"half", UTF_8);

    Keys again = open();
    assertThat(again.recognise(secret)).isPresent();
    again.create(Kind.HOST, "", "other");
    assertThat(again.active()).hasSize(2);
  }

  @Test
  void a_broken_file_is_named_with_the_way_out() throws IOException {
    Files.writeString(file(), "not json", UTF_8);

    assertThatThrownBy(() -> open().active())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("Restore it, or delete it");
  }

  @Test
  void a_folder_that_is_not_there_is_named_with_the_way_out() {
    KeyRecords records = new FileKeyRecords(folder.resolve("none").resolve("keys.json"));

    assertThat(records.all()).isEmpty();
    assertThatThrownBy(() -> records.change(all -> Map.of()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Check that the data folder exists");
  }
}
