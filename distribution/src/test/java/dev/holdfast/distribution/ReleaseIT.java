package dev.holdfast.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of a release is unpacked and used as somebody does who has Java and nothing else:
 * there is no Maven on the search path, and the locale is the poorest one.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class ReleaseIT {
  private static final String INSTALLED = "/opt/holdfast";
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  @TempDir static Path shared;
  private static Path release = Path.of("");
  private static Map<String, String> poor = Map.of();

  @TempDir Path folder;

  @BeforeAll
  static void unpack() throws Exception {
    release = Build.unpack(shared.resolve("a house"));
    poor =
        Map.of(
            "PATH",
            toolsWithoutMaven().toString(),
            "JAVA_HOME",
            System.getProperty("java.home"),
            "LC_ALL",
            "POSIX");
  }

  @Test
  void serves_the_samples_and_loses_nothing_in_a_kill() throws Exception {
    Path data = folder.resolve("data");
    String status;
    try (Running host = Running.start(launcher(), List.of(), data, poor)) {
      HttpResponse<String> started =
          host.post(
              "/runtime/webhooks/durabletask/orchestrators/MakeReport/gr%C3%BC%C3%9Fe",
              "{\"title\":\"Sales\",\"pages\":2,\"pauseMillis\":1}");
      assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
      status = "/runtime/webhooks/durabletask/instances/gr%C3%BC%C3%9Fe";
      host.kill();
    }

    try (Running host =
        Running.start(launcher(), List.of(release.resolve("samples").toString()), data, poor)) {
      assertThat(host.get(status).statusCode()).isIn(200, 202);
      assertThat(holdfast("wait", "grüße", "--data", data.toString())).contains("Sales");
      assertThat(holdfast("list", "--data", data.toString())).contains("grüße", "Completed");
    }
  }

  @Test
  void makes_projects_and_lists_the_load_generator() throws Exception {
    Path project = folder.resolve("orders");

    assertThat(holdfast("new", project.toString(), "--from", "trip")).contains("mvn -f ");
    assertThat(holdfast("new", "--list")).contains("chaining", "trip");
    assertThat(holdfast("--help")).contains("bench");

    assertThat(project.resolve("src/main/java/com/example/orders/TripBooking.java")).exists();
    assertThat(project.resolve("repository/dev/holdfast/holdfast-orchestrations")).exists();
  }

  @Test
  void has_all_that_its_front_page_leads_to_for_users() {
    for (String each :
        List.of("README.md", "docs/README.md", "holdfast.cmd", "deploy/Dockerfile")) {
      assertThat(release.resolve(each)).isRegularFile();
    }
  }

  /** Only the commands of the image are run here: building it takes a container engine. */
  @Test
  void the_commands_of_the_image_start_the_host_and_tell_its_health() throws Exception {
    List<String> lines = Files.readAllLines(release.resolve("deploy/Dockerfile"));
    List<String> command = words(line(lines, "ENTRYPOINT "));
    List<String> arguments = words(line(lines, "CMD "));
    List<String> health = words(line(lines, "  CMD "));
    assertThat(command).containsExactly(INSTALLED + "/holdfast");
    assertThat(arguments).containsExactly("start", "--bind", "0.0.0.0");
    assertThat(health).startsWith(INSTALLED + "/deploy/ready");
    String compose = Files.readString(release.resolve("deploy/compose.yaml"));
    assertThat(words(line(compose.lines().toList(), "    command: "))).isEqualTo(arguments);
    assertThat(words(line(compose.lines().toList(), "      test: ")))
        .isEqualTo(Stream.concat(Stream.of("CMD"), health.stream()).toList());

    // The machine of a test is no container, so the host stays on loopback, with the same keys.
    Path data = folder.resolve("data");
    List<String> here = List.of("--bind", "127.0.0.1", "--enableAuth");
    String port;
    try (Running host = Running.start(List.of(unpacked(command.get(0))), here, data, poor)) {
      port = Integer.toString(host.url().getPort());
      assertThat(tell(health, port)).isZero();
      assertThat(host.get("/runtime/webhooks/durabletask/instances").statusCode()).isEqualTo(401);
    }
    assertThat(tell(health, port)).isNotZero();
  }

  @Test
  void the_unit_of_systemd_is_understood_and_names_what_is_there() throws Exception {
    String unit = Files.readString(release.resolve("deploy/holdfast.service"));
    Matcher program = Pattern.compile(INSTALLED + "(/[\\w./]+)").matcher(unit);
    List<String> named = program.results().map(it -> it.group(1)).toList();
    assertThat(named).contains("/holdfast", "/deploy/ready", "/docs/README.md");
    assertThat(named).allSatisfy(it -> assertThat(release.resolve(it.substring(1))).exists());

    boolean there = Files.exists(Path.of("/usr/bin/systemd-analyze"));
    String notRun =
        "NOT RUN: systemd-analyze, which checks the unit, is not there. To run it: apt-get install"
            + " systemd";
    if (!there) {
      System.out.println(notRun);
    }
    assumeTrue(there, notRun);
    Path installed = Files.createSymbolicLink(folder.resolve("installed"), release);
    Path here = folder.resolve("holdfast.service");
    Files.writeString(here, unit.replace(INSTALLED, installed.toString()));
    assertThat(Command.run(folder, Map.of(), "systemd-analyze", "verify", here.toString()))
        .isEmpty();
  }

  private static int tell(List<String> health, String port) throws Exception {
    String[] command =
        health.stream().map(it -> it.equals("7071") ? port : unpacked(it)).toArray(String[]::new);
    return Command.tryToRun(release, poor, command).exit();
  }

  private static String unpacked(String path) {
    return path.replace(INSTALLED, release.toString());
  }

  private static List<String> launcher() {
    return List.of(release.resolve("holdfast").toString());
  }

  private String holdfast(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(launcher());
    command.addAll(Arrays.asList(arguments));
    return Command.run(folder, poor, command.toArray(String[]::new));
  }

  private static String line(List<String> lines, String start) {
    return lines.stream().filter(it -> it.startsWith(start)).findFirst().orElseThrow();
  }

  private static List<String> words(String line) {
    return QUOTED.matcher(line).results().map(it -> it.group(1)).toList();
  }

  /** Makes a folder with all programs of this machine except Maven and Java. */
  private static Path toolsWithoutMaven() throws IOException {
    Path tools = Files.createDirectories(Build.own("tools"));
    for (String place : System.getenv("PATH").split(":", -1)) {
      if (Files.isDirectory(Path.of(place))) {
        try (Stream<Path> programs = Files.list(Path.of(place))) {
          for (Path program : programs.toList()) {
            Path link = tools.resolve(program.getFileName());
            if (!link.endsWith("mvn") && !link.endsWith("java") && !Files.isSymbolicLink(link)) {
              Files.createSymbolicLink(link, program);
            }
          }
        }
      }
    }
    return tools;
  }
}
