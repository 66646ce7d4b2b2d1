package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in a project of empty files, with a JDK and a Maven that only say how they were
 * called.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class LauncherTest {

  private static final String FIRST_BUILD =
      "Building Holdfast (first run: a minute or two, longer while Maven fetches libraries) …";

  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path folder;
  private Path home;
  private Path jdk;
  private Path tools;

  @BeforeEach
  void lay_out_a_project() throws IOException {
    home = Files.createDirectories(folder.resolve("a house"));
    Files.copy(SourceTree.root().resolve("holdfast"), home.resolve("holdfast"));
    home.resolve("holdfast").toFile().setExecutable(true);
    Files.createDirectories(home.resolve(".mvn"));
    Files.createDirectories(home.resolve("core/src/main/java"));
    write(home.resolve("pom.xml"), "<modules>\n  <module>core</module>\n</modules>\n");
    write(home.resolve("core/pom.xml"), "");
    write(home.resolve("core/src/main/java/Fact.java"), "");

    jdk = folder.resolve("jdk");
    script(jdk.resolve("bin/java"), "echo java $$; for each in \"$@\"; do echo \"[$each]\"; done");
    script(jdk.resolve("bin/javac"), "");
    write(jdk.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");

    tools = Files.createDirectories(folder.resolve("tools"));
  }

  @Test
  void becomes_the_jvm_and_hands_on_what_it_was_given() throws Exception {
    built();

    Run run = holdfast(Map.of("HOLDFAST_OPTS", "-Xmx1g"), "start", "my app", "--port", "7071");

    assertThat(run.exit()).isZero();
    assertThat(run.lines())
        .startsWith("java " + run.pid())
        .contains("[-Xmx1g]", "[-Dholdfast.home=" + home.toRealPath() + "]")
        .contains("[-cp]", "[" + home.toRealPath() + "/host/target/quick/holdfast-host.jar]")
        .endsWith("[dev.holdfast.host.Main]", "[start]", "[my app]", "[--port]", "[7071]");
  }

  @Test
  void finds_its_home_through_symbolic_links() throws Exception {
    built();
    Path first = Files.createSymbolicLink(home.resolve("first"), Path.of("holdfast"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), first);

    Run run = run(second, Map.of());

    assertThat(run.lines()).contains("[-Dholdfast.home=" + home.toRealPath() + "]");
  }

  @Test
  void opens_what_puts_local_settings_into_the_environment_of_the_app() throws Exception {
    built();

    assertThat(holdfast(Map.of(), "start").lines())
        .contains("[--add-opens=java.base/java.util=ALL-UNNAMED]");
  }

  @Test
  void has_the_load_generator_at_hand_only_where_it_is_asked_for_or_listed() throws Exception {
    built();

    for (String first : List.of("bench", "bench-engine", "--help", "-h", "help")) {
      assertThat(holdfast(Map.of(), first).text()).contains("holdfast-benchmarks.jar");
    }
    assertThat(holdfast(Map.of(), "start", "--help").text()).doesNotContain("benchmarks");
  }

  @Test
  void leaves_the_choice_of_a_collector_to_the_user() throws Exception {
    built();

    assertThat(holdfast(Map.of(), "start").lines()).contains("[-XX:+UseParallelGC]");
    assertThat(holdfast(Map.of(), "list").lines()).contains("[-XX:+UseSerialGC]");
    for (String command : List.of("start", "list")) {
      assertThat(holdfast(Map.of("JAVA_OPTS", "-XX:+UseZGC"), command).lines())
          .contains("[-XX:+UseZGC]")
          .doesNotContain("[-XX:+UseParallelGC]", "[-XX:+UseSerialGC]");
    }
  }

  @Test
  void a_command_that_ends_soon_gets_what_makes_the_jvm_start_fast_and_a_host_does_not()
      throws Exception {
    built();

    assertThat(holdfast(Map.of(), "start").text())
        .doesNotContain("TieredStopAtLevel", "SharedArchiveFile", ".jsa");
    assertThat(holdfast(Map.of(), "list").lines()).contains("[-XX:TieredStopAtLevel=1]");
  }

  @Test
  void the_archive_of_classes_is_written_once_for_each_java_and_build() throws Exception {
    built();
    String archive = home.toRealPath() + "/host/target/quick/commands-JAVA_VERSION17.0.15.jsa";
    String writes =
        "for each in \"$@\"; do case $each in -XX:ArchiveClassesAtExit=*)"
            + " echo x >>"
            + "'"
            + folder
            + "/written'; echo classes >\"${each#*=}\"; exit;; esac; done;"
            + " for each in \"$@\"; do echo \"[$each]\"; done";
    script(jdk.resolve("bin/java"), writes);

    assertThat(holdfast(Map.of(), "list").lines())
        .contains("[-XX:SharedArchiveFile=" + archive + "]");
    holdfast(Map.of(), "why", "ID");
    assertThat(folder.resolve("written")).hasContent("x");

    Files.setLastModifiedTime(
        home.resolve("host/target/quick/holdfast-host.jar"),
        FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));
    Files.setLastModifiedTime(
        home.resolve("target/quick/built"), FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));
    assertThat(holdfast(Map.of(), "list").lines())
        .contains("[-XX:SharedArchiveFile=" + archive + "]");
    assertThat(folder.resolve("written")).hasContent("x\nx");
  }

  @Test
  void a_java_that_writes_no_archive_is_asked_once_and_runs_commands_all_the_same()
      throws Exception {
    built();
    script(
        jdk.resolve("bin/java"),
        "echo x >>'" + folder + "/called'; for each in \"$@\"; do echo \"[$each]\"; done");

    assertThat(holdfast(Map.of(), "list").text()).doesNotContain("SharedArchiveFile");
    assertThat(holdfast(Map.of(), "list").text()).contains("[list]");

    assertThat(folder.resolve("called")).hasContent("x\nx\nx");
  }

  @Test
  void names_a_java_that_is_too_old() throws Exception {
    built();
    Files.delete(jdk.resolve("release"));
    script(jdk.resolve("bin/java"), "echo 'java version \"1.8.0_392\"' >&2");

    Run run = holdfast(Map.of());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text())
        .isEqualTo(
            "holdfast: found Java 8 (%s/bin/java), but JDK 17 or later is needed. Set JAVA_HOME to"
                + " one.",
            jdk);
  }

  @Test
  void names_a_java_home_without_java() throws Exception {
    built();

    assertThat(holdfast(Map.of("JAVA_HOME", folder + "/none")).text())
        .startsWith("holdfast: JAVA_HOME is " + folder + "/none, but there is no bin/java in it.");
  }

  @Test
  void says_that_there_is_no_java_at_all() throws Exception {
    built();

    Run run = holdfast(Map.of("JAVA_HOME", "", "PATH", withoutJavaAndMaven()));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).startsWith("holdfast: found no Java. Install JDK 17 or later");
  }

  @Test
  void needs_maven_only_to_build() throws Exception {
    Run run = holdfast(Map.of("PATH", withoutJavaAndMaven()));

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text())
        .isEqualTo(
            "holdfast: Holdfast must be built first, and found no mvn on the PATH."
                + " Install Maven 3.8 or later.");
  }

  @Test
  void needs_a_compiler_only_to_build() throws Exception {
    maven("exit 0");
    Files.delete(jdk.resolve("bin/javac"));

    Run run = holdfast(Map.of());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("has no compiler (it is a JRE)");
  }

  @Test
  void builds_when_nothing_is_built_and_again_when_a_source_changed() throws Exception {
    maven("mkdir -p host/target/quick; : >host/target/quick/holdfast-host.jar");

    assertThat(holdfast(Map.of()).text()).startsWith(FIRST_BUILD + "\njava ");
    assertThat(holdfast(Map.of()).text()).startsWith("java ");

    Files.setLastModifiedTime(
        home.resolve("core/src/main/java/Fact.java"),
        FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));
    assertThat(holdfast(Map.of()).text())
        .startsWith("Building Holdfast (its sources have changed) …\njava ");
    assertThat(home.resolve("target/building")).doesNotExist();
  }

  @Test
  void does_not_build_because_a_project_of_the_user_changed_that_lies_beside() throws Exception {
    built();
    write(home.resolve("orders/pom.xml"), "");
    write(home.resolve("orders/src/main/java/Order.java"), "");
    Files.setLastModifiedTime(
        home.resolve("orders/pom.xml"), FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));

    assertThat(holdfast(Map.of()).text()).startsWith("java ");
  }

  @Test
  void shows_why_a_build_failed_and_starts_nothing() throws Exception {
    maven("echo '[ERROR] Fact.java: not a fact'; exit 1");

    Run run = holdfast(Map.of());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text())
        .contains("[ERROR] Fact.java: not a fact", "holdfast: the build failed", "target/build.log")
        .doesNotContain("java ");
    assertThat(home.resolve("target/building")).doesNotExist();
  }

  @Test
  void shows_each_module_while_it_builds() throws Exception {
    maven(
        """
        echo '[INFO] Building Holdfast 0.1.0-SNAPSHOT                                  [1/3]'
        echo '[INFO] Building Holdfast :: protocol 0.1.0-SNAPSHOT                      [2/3]'
        echo '[INFO] Building jar: protocol.jar'
        echo '[INFO] Building Holdfast :: core 0.1.0-SNAPSHOT                          [3/3]'
        mkdir -p host/target/quick; : >host/target/quick/holdfast-host.jar""");

    assertThat(holdfast(Map.of()).text())
        .startsWith(FIRST_BUILD + "\n  2 of 3: protocol\n  3 of 3: core\njava ");
  }

  /** As cron and containers have it; what is not ASCII would be lost on the way into the JVM. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
  void gives_the_jvm_a_locale_that_knows_every_letter(String locale) throws Exception {
    built();
    script(jdk.resolve("bin/java"), "locale charmap");

    assertThat(holdfast(Map.of("LC_ALL", locale)).text()).endsWith("UTF-8");
  }

  @Test
  void leaves_a_locale_that_has_letters_of_its_own() throws Exception {
    built();
    script(jdk.resolve("bin/java"), "echo $LC_ALL");
    script(tools.resolve("locale"), "echo ISO-8859-15");

    assertThat(holdfast(Map.of("LC_ALL", "de_DE@euro")).text()).isEqualTo("de_DE@euro");
  }

  @Test
  void takes_over_from_a_builder_that_died() throws Exception {
    maven("mkdir -p host/target/quick; : >host/target/quick/holdfast-host.jar");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    write(home.resolve("target/building/pid"), gone.pid() + "\n");

    assertThat(holdfast(Map.of()).text()).startsWith(FIRST_BUILD + "\njava ");
  }

  private record Run(int exit, long pid, String text) {
    List<String> lines() {
      return text.lines().toList();
    }
  }

  private Run holdfast(Map<String, String> environment, String... arguments) throws Exception {
    return run(home.resolve("holdfast"), environment, arguments);
  }

  private Run run(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> all = new TreeMap<>();
    all.put("JAVA_HOME", jdk.toString());
    all.put("PATH", tools + ":" + System.getenv("PATH"));
    all.put("JAVA_OPTS", "");
    all.put("HOLDFAST_OPTS", "");
    all.putAll(environment);
    builder.environment().putAll(all);
    Path output = folder.resolve("output");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("the launcher ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), process.pid(), Files.readString(output).strip());
  }

  /** As if built after the last change of a source. */
  private void built() throws IOException {
    for (String each : List.of("pom.xml", ".mvn", "core/pom.xml")) {
      Files.setLastModifiedTime(home.resolve(each), FileTime.from(LONG_AGO));
    }
    write(home.resolve("host/target/quick/holdfast-host.jar"), "");
    write(home.resolve("target/quick/built"), "");
  }

  private void maven(String script) throws IOException {
    script(tools.resolve("mvn"), script);
  }

  /** A PATH with the few commands that the launcher itself uses. */
  private String withoutJavaAndMaven() throws IOException {
    Path few = Files.createDirectories(folder.resolve("few"));
    for (String each :
        List.of(
            "dirname",
            "readlink",
            "grep",
            "sed",
            "find",
            "head",
            "mkdir",
            "rm",
            "cat",
            "sh",
            "tee",
            "tail")) {
      for (String place : System.getenv("PATH").split(":", -1)) {
        Path tool = Path.of(place, each);
        if (Files.isExecutable(tool) && Files.notExists(few.resolve(each))) {
          script(few.resolve(each), "exec " + tool + " \"$@\"");
        }
      }
    }
    return few.toString();
  }

  private static void script(Path file, String body) throws IOException {
    write(file, "#!/bin/sh\n" + body + "\n");
    file.toFile().setExecutable(true);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, UTF_8);
  }
}
