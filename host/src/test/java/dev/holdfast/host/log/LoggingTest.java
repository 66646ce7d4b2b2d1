package dev.holdfast.host.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class LoggingTest {
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
      tell("dev.holdfast.engine.Loop");
    }

    assertThat(written.toString(UTF_8).lines().map(it -> it.substring(it.indexOf(']') + 2)))
        .containsExactly(
            "info of Function.Hello.User",
            "warning of Function.Hello.User",
            "info of Host.Start",
            "warning of Host.Start",
            "warning of dev.holdfast.engine.Loop");
    assertThat(written.toString(UTF_8).lines())
        .allMatch(it -> it.matches("\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z] .*"));
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
    List<String> libraries = List.of("org.eclipse.jetty.server.Server", "io.javalin.Javalin");
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
        .contains("warning of org.eclipse.jetty.server.Server", "warning of io.javalin.Javalin")
        .doesNotContain("info of org.eclipse.jetty.server", "info of io.javalin")
        .contains("info of org.eclipse.jetty.util.Named");
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
  void failures_come_with_their_stack_and_in_red_where_colours_are_wanted() {
    try (Logging logging = open(true, false)) {
      LoggerFactory.getLogger("Host").error("no", new IllegalStateException("because"));
      LoggerFactory.getLogger("Host").info("yes");
    }

    assertThat(written.toString(UTF_8))
        .contains("\u001B[31mno")
        .contains("java.lang.IllegalStateException: because")
        .contains("at dev.holdfast.host.log.LoggingTest")
        .doesNotContain("\u001B[31myes");
  }
}
