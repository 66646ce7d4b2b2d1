package dev.holdfast.host.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(30)
class LoggingTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @AfterEach
  void quiet() {
    Logging.open(new PrintStream(new ByteArrayOutputStream(), true, UTF_8), false, false).close();
  }

  private Logging open(boolean colors, boolean verbose) {
    return Logging.open(new PrintStream(written, true, UTF_8), colors, verbose);
  }

  private static void tell(String category) {
    LoggerFactory.getLogger(category).info("info of {}", category);
    LoggerFactory.getLogger(category).warn("warning of {}", category);
  }

  @Test
  void functions_and_the_host_tell_more_than_the_rest() {
    try (Logging logging = open(false, false)) {
      tell("Function.Hello.User");
      tell("Host.Start");
      tell("dev.holdfast.engine.loop.Loop");
    }

    assertThat(written.toString(UTF_8).lines().map(it -> it.substring(it.indexOf(']') + 2)))
        .containsExactly(
            "INFO  Function.Hello.User: info of Function.Hello.User",
            "WARN  Function.Hello.User: warning of Function.Hello.User",
            "INFO  Host.Start: info of Host.Start",
            "WARN  Host.Start: warning of Host.Start",
            "WARN  dev.holdfast.engine.loop.Loop: warning of dev.holdfast.engine.loop.Loop");
    assertThat(written.toString(UTF_8).lines())
        .allMatch(it -> it.matches("\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] .*"));
  }

  @Test
  void nobody_writes_a_line_of_his_own() {
    String forged = "a\u001B[2Jb\r\n[2026-01-01T00:00:00.000Z] all is well\u2028\u202Ec\u0000d";
    IllegalStateException thrown =
        new IllegalStateException(forged, new IllegalArgumentException(forged));
    thrown.addSuppressed(new IllegalArgumentException(forged));
    try (Logging logging = open(false, false)) {
      LoggerFactory.getLogger("Function.Hello.User").info(forged);
      LoggerFactory.getLogger("Function.Hello").error("Failed with {}", forged, thrown);
    }

    String text = written.toString(UTF_8);
    assertThat(text.lines().filter(it -> it.startsWith("["))).hasSize(2);
    assertThat(text.lines().filter(it -> !it.startsWith("[")))
        .allMatch(it -> it.startsWith("    "));
    assertThat(text.codePoints())
        .allMatch(c -> c == '\n' || !Character.isISOControl(c))
        .doesNotContain(0x2028, 0x202E);
    assertThat(text)
        .contains(
            ": a\\u001B[2Jb\\r\\n[2026-01-01T00:00:00.000Z] all is well\\u2028\\u202Ec\\u0000d",
            "Caused by: java.lang.IllegalArgumentException: a\\u001B[2Jb\\r\\n[2026",
            "Suppressed: java.lang.IllegalArgumentException: a\\u001B[2Jb\\r\\n[2026")
        .containsPattern("    at .*LoggingTest");
  }

  @Test
  void levels_follow_the_longest_prefix_of_host_json() {
    try (Logging logging = open(false, true)) {
      logging.levels(
          Map.of("Function", "Error", "default", "Warning", "Function.Hello", "Information"));
      tell("Function.Hello.User");
      tell("Function.Other");
      tell("Host.Start");
      tell("elsewhere");
    }

    assertThat(written.toString(UTF_8))
        .contains("info of Function.Hello.User")
        .doesNotContain("of Function.Other")
        .doesNotContain("info of Host.Start")
        .contains("warning of Host.Start")
        .doesNotContain("info of elsewhere");
  }

  @Test
  void libraries_tell_only_warnings_unless_they_are_named() {
    List<String> libraries =
        List.of("org.eclipse.jetty.server.Server", "io.github.classgraph.ClassGraph");
    java.util.logging.Logger grpc = java.util.logging.Logger.getLogger("io.grpc.netty.Some");

    try (Logging logging = open(false, true)) {
      libraries.forEach(LoggingTest::tell);
      logging.levels(Map.of("default", "Debug"));
      libraries.forEach(LoggingTest::tell);
      assertThat(grpc.isLoggable(java.util.logging.Level.INFO)).isFalse();
      assertThat(grpc.isLoggable(java.util.logging.Level.WARNING)).isTrue();
      logging.levels(Map.of("org.eclipse.jetty.util", "Information"));
      tell("org.eclipse.jetty.util.Named");
    }

    assertThat(written.toString(UTF_8))
        .contains(
            "warning of org.eclipse.jetty.server.Server",
            "warning of io.github.classgraph.ClassGraph")
        .doesNotContain("info of org.eclipse.jetty.server", "info of io.github.classgraph")
        .contains("info of org.eclipse.jetty.util.Named");
  }

  @Test
  void what_any_client_can_make_the_http_server_say_is_not_told() {
    try (Logging logging = open(false, false)) {
      tell("org.eclipse.jetty.util.HostPort");
      tell("org.eclipse.jetty.http.HttpParser");
    }

    assertThat(written.toString(UTF_8)).doesNotContain("warning of org.eclipse.jetty");
  }

  @Test
  void lines_and_plain_text_keep_their_order_and_none_is_lost() {
    int many = 20_000;

    try (Logging logging = open(false, false)) {
      for (int i = 0; i < many; i++) {
        if (i % 100 == 0) {
          logging.print("plain " + i + "\n");
        } else {
          LoggerFactory.getLogger("Host").info("line {}", i);
        }
      }
    }

    assertThat(written.toString(UTF_8).lines().map(it -> it.substring(it.lastIndexOf(' ') + 1)))
        .containsExactlyElementsOf(IntStream.range(0, many).mapToObj(Integer::toString).toList());
  }

  @Test
  void a_thread_that_was_interrupted_keeps_its_interrupt_and_its_line() {
    boolean interrupted;
    try (Logging logging = open(false, false)) {
      Thread.currentThread().interrupt();
      LoggerFactory.getLogger("Function.Hello.User").info("still here");
      interrupted = Thread.interrupted();
    }

    assertThat(interrupted).isTrue();
    assertThat(written.toString(UTF_8)).contains("still here");
  }

  @Test
  void what_is_logged_while_the_process_exits_is_written_before_the_logger_returns()
      throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    OutputStream slow =
        new FilterOutputStream(written) {
          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            out.write(bytes, from, count);
          }
        };
    try (Logging logging = Logging.open(new PrintStream(slow, true, UTF_8), false, false)) {
      LoggerFactory.getLogger("Function.Hello.User").info("before the exit");
      CountDownLatch exited = new CountDownLatch(1);
      Thread exits =
          new Thread(
              () -> {
                logging.exit();
                exited.countDown();
                LoggerFactory.getLogger("Host.Functions").info("during the exit");
                if (written.toString(UTF_8).contains("during the exit")) {
                  LoggerFactory.getLogger("Host.Functions").info("it was written");
                }
              });
      exits.start();
      await().until(() -> exits.getState() == Thread.State.TIMED_WAITING);
      assertThat(exited.getCount()).as("the line before is not written yet").isEqualTo(1);
      release.countDown();
      exits.join();
    }

    assertThat(written.toString(UTF_8))
        .contains("before the exit", "during the exit", "it was written");
  }

  @Test
  void failures_come_with_their_stack_and_in_red_where_colours_are_wanted() {
    try (Logging logging = open(true, false)) {
      LoggerFactory.getLogger("Host").error("no", new IllegalStateException("because"));
      LoggerFactory.getLogger("Host").info("yes");
    }

    assertThat(written.toString(UTF_8))
        .containsPattern("\u001B\\[31m\\[.*ERROR Host: no")
        .contains("java.lang.IllegalStateException: because")
        .contains("at dev.holdfast.host.log.LoggingTest")
        .containsPattern("\n\\[.*INFO  Host: yes");
  }

  @Test
  void no_text_passes_for_a_line_of_its_own_or_steers_a_terminal() {
    try (Logging logging = open(false, false)) {
      LoggerFactory.getLogger("Host")
          .atError()
          .addKeyValue("instance", "a\nb")
          .setCause(new IllegalStateException("x\n[2026-01-01T00:00:00.000Z] ERROR Host: forged"))
          .log("one\r\n[2026] two \u001B[2J");
    }

    assertThat(written.toString(UTF_8))
        .contains("[instance=a\\nb]: one\\r\\n[2026] two \\u001B[2J")
        .doesNotContain("\u001B")
        .doesNotContain("\n[2026-01-01");
    assertThat(written.toString(UTF_8).lines().skip(1)).allMatch(it -> it.startsWith("    "));
  }

  @Test
  void a_record_is_a_line_of_json_where_that_is_wanted() {
    try (Logging logging = open(false, false).json(true)) {
      LoggerFactory.getLogger("Host")
          .atWarn()
          .addKeyValue("instance", "a\"b")
          .addKeyValue("task", 3)
          .log("back\\slash");
    }

    assertThat(written.toString(UTF_8))
        .matches(
            "\\{\"time\":\"[^\"]*\",\"level\":\"WARN\",\"category\":\"Host\","
                + "\"instance\":\"a\\\\\"b\",\"task\":3,\"message\":\"back\\\\\\\\slash\"}\\R");
  }

  @Test
  void java_util_logging_is_told_like_everything_else_and_given_back() {
    java.util.logging.Logger acme = java.util.logging.Logger.getLogger("com.acme.Orders");
    try (Logging logging = open(false, false)) {
      acme.info("told");
      acme.fine("not told");
    }
    acme.info("past it");

    assertThat(written.toString(UTF_8)).contains("INFO  App.com.acme.Orders: told");
    assertThat(written.toString(UTF_8).lines()).hasSize(1);
  }

  @Test
  void the_log_is_kept_in_files_of_bounded_size_with_what_came_before() throws Exception {
    try (Logging logging = open(false, false)) {
      LoggerFactory.getLogger("Host").info("early");
      logging.keep(folder, 10_000, 2, false);
      LoggerFactory.getLogger("Host").info("late");
    }

    assertThat(LogFile.in(folder)).hasSize(1);
    assertThat(Files.readString(LogFile.in(folder).get(0))).contains("\"early\"", "\"late\"");
  }

  @Test
  void what_the_library_says_of_a_turn_that_fails_is_told_by_the_host() {
    LogRecord unhandled =
        new LogRecord(
            java.util.logging.Level.WARNING,
            "The orchestrator failed with an unhandled exception: java.lang.InterruptedException");
    unhandled.setLoggerName("com.microsoft.durabletask.TaskOrchestrationExecutor");
    LogRecord other =
        new LogRecord(java.util.logging.Level.WARNING, "Discarding a potentially duplicate event");
    other.setLoggerName(unhandled.getLoggerName());

    assertThat(JavaLogging.isToldByUs(unhandled)).isTrue();
    assertThat(JavaLogging.isToldByUs(other)).isFalse();
  }
}
