package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProcessEnvironmentTest {
  private static final List<String> OPENED =
      List.of("--add-opens", "java.base/java.util=ALL-UNNAMED");

  @TempDir Path folder;

  private OtherJvm start(List<String> jvmOptions, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = TellsEnvironment.class.getName();
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return OtherJvm.start(jvmOptions, Map.of(), folder, all);
  }

  @Test
  void where_the_launcher_opened_the_map_one_process_is_enough() throws Exception {
    try (OtherJvm jvm = start(OPENED)) {
      assertThat(jvm.exitCode()).isZero();
      assertThat(jvm.lines())
          .containsExactly(
              "in place: true",
              "by name: ä value",
              "by map: ä value",
              "by child: ä value",
              "second: false");
    }
  }

  @Test
  void elsewhere_a_second_process_sees_the_same() throws Exception {
    try (OtherJvm jvm = start(List.of())) {
      assertThat(jvm.exitCode()).isZero();
      assertThat(jvm.lines())
          .containsExactly(
              "in place: false",
              "in place: false",
              "by name: ä value",
              "by map: ä value",
              "by child: ä value",
              "second: true");
    }
  }

  @Test
  void a_request_to_end_reaches_the_second_process_and_its_exit_code_comes_back() throws Exception {
    try (OtherJvm jvm = start(List.of(), "7")) {
      await().until(() -> jvm.said("ready"));

      jvm.terminate();

      assertThat(jvm.exitCode()).isEqualTo(7);
      assertThat(jvm.lines()).contains("asked to end");
    }
  }

  @Test
  void the_second_process_does_not_outlive_the_first() throws Exception {
    try (OtherJvm jvm = start(List.of(), "7")) {
      await().until(() -> jvm.said("ready"));
      List<ProcessHandle> second = jvm.handle().descendants().toList();
      assertThat(second).hasSize(1);

      jvm.kill();

      await().until(() -> !second.get(0).isAlive());
    }
  }
}
