package dev.holdfast.host.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.doctor.Finding.Grade;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DoctorTest {
  @TempDir Path folder;

  @Test
  void a_java_that_is_too_old_or_cannot_compile_is_told() {
    assertThat(Machine.java(11, folder).grade()).isEqualTo(Grade.PROBLEM);
    assertThat(Machine.java(17, folder))
        .satisfies(it -> assertThat(it.grade()).isEqualTo(Grade.WARNING))
        .satisfies(it -> assertThat(it.cure()).contains("JDK"));
    assertThat(Machine.java(21, Path.of(System.getProperty("java.home"))).grade())
        .isEqualTo(Grade.OK);
  }

  @Test
  void a_port_that_another_program_has_is_a_problem() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Machine.port(other.getLocalPort(), false).grade()).isEqualTo(Grade.PROBLEM);
      assertThat(Machine.port(other.getLocalPort(), true).grade()).isEqualTo(Grade.OK);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, OK",
    "overlay, OK",
    "apfs, OK",
    "tmpfs, WARNING",
    "nfs4, PROBLEM",
    "cifs, PROBLEM"
  })
  void the_kind_of_file_system_matters(String type, Grade grade) {
    assertThat(Disk.kind(type).grade()).isEqualTo(grade);
  }

  @Test
  void a_full_disk_and_a_slow_one_are_told() {
    assertThat(Disk.room(folder, 10L << 30).grade()).isEqualTo(Grade.OK);
    assertThat(Disk.room(folder, 10L << 20).grade()).isEqualTo(Grade.WARNING);
    assertThat(Disk.sync(Duration.ofNanos(250_000)).what()).contains("0.25 ms");
    assertThat(Disk.sync(Duration.ofMillis(30)).grade()).isEqualTo(Grade.WARNING);
  }

  @Test
  void a_data_folder_that_cannot_be_made_is_a_problem() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThat(Disk.look(DataFolder.of(file.resolve("data"))))
        .singleElement()
        .satisfies(it -> assertThat(it.grade()).isEqualTo(Grade.PROBLEM))
        .satisfies(it -> assertThat(it.cure()).contains("--data"));
  }

  @Test
  void looking_at_a_folder_leaves_nothing_there() throws IOException {
    assertThat(Disk.look(DataFolder.of(folder.resolve("none")))).hasSizeGreaterThan(2);

    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "durabletask-azure-functions-1.0.1.jar durabletask-client-1.5.0.jar",
        "durabletask-client-1.5.0.jar protobuf-java-3.12.0.jar",
        "durabletask-client-1.5.0.jar protobuf-java-4.28.2.jar",
        "durabletask-client-1.5.0.jar jackson-databind-2.23.0.jar jackson-annotations-2.15.2.jar",
        "durabletask-client-1.5.0.jar gson-2.8.9.jar gson-2.15.0.jar"
      })
  void libraries_that_do_not_fit_are_a_problem_with_a_cure(String jars) {
    assertThat(look(jars))
        .singleElement()
        .satisfies(it -> assertThat(it.grade()).isEqualTo(Grade.PROBLEM))
        .satisfies(it -> assertThat(it.cure()).isNotEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "durabletask-azure-functions-1.4.0.jar durabletask-client-1.5.0.jar protobuf-java-3.25.5.jar",
        "durabletask-azure-functions-1.0.1.jar durabletask-client-1.0.0.jar",
        "durabletask-client-1.5.0.jar jackson-databind-2.23.0.jar jackson-annotations-2.23.jar",
        "durabletask-client-1.5.0.jar guava-33.6.0-android.jar classes"
      })
  void libraries_that_fit_are_no_problem(String jars) {
    assertThat(look(jars)).extracting(Finding::grade).containsExactly(Grade.OK);
  }

  @Test
  void an_app_that_is_not_built_is_a_problem_and_the_exit_code_says_so() throws IOException {
    Files.writeString(folder.resolve("pom.xml"), "");
    StringWriter out = new StringWriter();
    CommandLine doctor = new CommandLine(new DoctorCommand()).setOut(new PrintWriter(out));
    doctor.setCaseInsensitiveEnumValuesAllowed(true);

    int exit =
        doctor.execute(
            folder.toString(), "--port", "0", "--data", folder + "/data", "--output", "json");

    assertThat(exit).isEqualTo(1);
    assertThat(out.toString()).startsWith("[").contains("\"problem\"", "has not been built");
  }

  private static List<Finding> look(String jars) {
    return new Libraries(Stream.of(jars.split(" ", -1)).map(Path::of).toList()).look();
  }
}
