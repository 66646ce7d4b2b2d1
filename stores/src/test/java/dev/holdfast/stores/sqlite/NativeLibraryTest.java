package dev.holdfast.stores.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/** Killed processes leave no library behind, and nobody can slip one in. */
class NativeLibraryTest {

  @TempDir private Path temporary;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static Path unpack(Path... folders) {
    return Objects.requireNonNull(NativeLibrary.unpacked(List.of(folders)));
  }

  @Test
  void processes_that_are_killed_leave_one_library_between_them() throws Exception {
    for (int life = 1; life <= 3; life++) {
      Path data = temporary.resolve("data " + life);
      Path tmp = Files.createDirectories(temporary.resolve("tmp"));
      try (Child child = Child.start(data, life, List.of(), "-Djava.io.tmpdir=" + tmp)) {
        child.await("landed ");
        child.kill();
      }
      assertThat(files(tmp))
          .filteredOn(file -> file.toString().contains("sqlite"))
          .as("after life %d", life)
          .hasSize(1);
    }
  }

  @Test
  void what_is_there_is_used_only_when_it_is_the_same_to_the_byte() throws IOException {
    Path folder = temporary.resolve("folder");
    Path library = unpack(folder);
    byte[] content = Files.readAllBytes(library);
    assertThat(unpack(folder)).isEqualTo(library);
    assertThat(files(folder)).containsExactly(library);

    Files.writeString(library, "not this one");

    assertThat(unpack(folder)).isEqualTo(library);
    assertThat(Files.readAllBytes(library)).isEqualTo(content);
    assertThat(files(folder)).containsExactly(library);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no POSIX rights there")
  void a_folder_that_others_can_write_to_is_passed_over() throws IOException {
    Path open = Files.createDirectory(temporary.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path own = temporary.resolve("own");
    Path link = Files.createSymbolicLink(temporary.resolve("link"), open);
    Path file = Files.createFile(temporary.resolve("file"));

    assertThat(unpack(open, link, file, own)).hasParent(own);
    assertThat(files(open)).isEmpty();
    assertThat(NativeLibrary.unpacked(List.of(open, link, file))).isNull();
  }

  @Test
  void what_earlier_versions_have_left_is_swept_once_it_is_a_day_old() throws IOException {
    Instant now = Instant.parse("2026-11-30T12:00:00Z");
    String name =
        "sqlite-" + SQLiteJDBCLoader.getVersion() + "-1-" + LibraryLoaderUtil.getNativeLibName();
    Path old = left(name, now.minus(Duration.ofDays(2)));
    Path lock = left(name + ".lck", now.minus(Duration.ofDays(2)));
    Path recent = left(name.replace("-1-", "-2-"), now.minus(Duration.ofHours(1)));
    Path other = left("notes.txt", now.minus(Duration.ofDays(2)));

    NativeLibrary.sweep(temporary, now);

    assertThat(old).doesNotExist();
    assertThat(lock).doesNotExist();
    assertThat(recent).exists();
    assertThat(other).exists();
  }

  private Path left(String name, Instant changed) throws IOException {
    Path file = Files.createFile(temporary.resolve(name));
    Files.setLastModifiedTime(file, FileTime.from(changed));
    return file;
  }
}
