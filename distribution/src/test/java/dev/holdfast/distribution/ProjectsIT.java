package dev.holdfast.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A project is made from a sample, and built and tested by Maven with no library of Holdfast but
 * those in the project; then it is started, called, killed and called again. The system property
 * {@code holdfast.projects} names the samples, or says {@code all}.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links between folders need rights there")
class ProjectsIT {
  private static final Pattern REQUEST =
      Pattern.compile("POST http://localhost:7071(\\S+)\\n(?:[\\w-]+: .*\\n)*(?:\\n(\\{.*)\\n)?");

  @TempDir Path folder;

  static List<String> samples() throws IOException {
    String named = System.getProperty("holdfast.projects");
    if (!named.equals("all")) {
      return List.of(named.split(",", -1));
    }
    Path all = Build.ROOT.resolve("samples/src/main/java/dev/holdfast/samples");
    try (Stream<Path> folders = Files.list(all)) {
      return folders
          .filter(Files::isDirectory)
          .map(it -> it.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void a_new_project_builds_tests_itself_and_survives_a_kill(String sample) throws Exception {
    Path project = folder.resolve("my " + sample).resolve("orders");
    List<String> made = new ArrayList<>(Build.holdfast());
    made.addAll(List.of("new", project.toString(), "--from", sample));
    run(made);

    String built =
        run(
            List.of(
                Build.maven().toString(),
                "-B",
                "-f",
                project.toString(),
                "-Dmaven.repo.local=" + Build.thirdPartyOnly(),
                "verify"));
    assertThat(built).as("the check of the code ran").contains(" 0 found in ");
    assertThat(built).contains("0 found in ").doesNotContain("Checksum validation failed");
    assertThat(tests(project, "surefire")).as("unit tests").isPositive();
    assertThat(tests(project, "failsafe")).as("end-to-end tests").isPositive();

    Path data = folder.resolve("data");
    List<String> app = List.of(project.toString());
    try (Running host = Running.start(Build.holdfast(), app, data, Map.of())) {
      assertThat(callFirst(project, host).statusCode()).isBetween(200, 202);
      host.kill();
    }
    try (Running host = Running.start(Build.holdfast(), app, data, Map.of())) {
      assertThat(host.get("/runtime/webhooks/durabletask/instances").body()).contains("instanceId");
      assertThat(callFirst(project, host).statusCode()).isBetween(200, 202);
    }
  }

  private static HttpResponse<String> callFirst(Path project, Running host) throws Exception {
    Matcher request = REQUEST.matcher(Files.readString(project.resolve("requests.http")));
    assertThat(request.find()).as("a request of %s", project).isTrue();
    return host.post(request.group(1), request.group(2) == null ? "" : request.group(2));
  }

  private static long tests(Path project, String plugin) throws IOException {
    Pattern counted = Pattern.compile("<testsuite [^>]*\\btests=\"(\\d+)\"");
    long tests = 0;
    try (Stream<Path> reports = Files.list(project.resolve("target/" + plugin + "-reports"))) {
      for (Path report : reports.filter(it -> it.toString().endsWith(".xml")).toList()) {
        Matcher count = counted.matcher(Files.readString(report));
        tests += count.find() ? Long.parseLong(count.group(1)) : 0;
      }
    }
    return tests;
  }

  private String run(List<String> command) throws Exception {
    return Command.run(folder, Map.of(), command.toArray(String[]::new));
  }
}
