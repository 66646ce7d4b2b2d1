package dev.holdfast.host.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.host.SourceTree;
import dev.holdfast.host.config.CannotException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Projects are made from the samples of this very build, with libraries that are empty files. */
class ProjectTest {
  private final Catalogue catalogue = new Catalogue(SourceTree.root().resolve("samples"));

  @TempDir Path folder;
  private Path repository;

  @BeforeEach
  void make_a_repository() throws IOException {
    repository = folder.resolve("built");
    library("holdfast-host", "0.1.0-SNAPSHOT");
    library("holdfast-orchestrations", "0.1.0-SNAPSHOT");
  }

  @Test
  void every_sample_is_a_package_with_one_line_about_it() throws IOException {
    List<Sample> samples = catalogue.list();

    assertThat(samples).extracting(Sample::name).contains("chaining", "trip", "entities");
    assertThat(samples)
        .allSatisfy(
            sample -> {
              assertThat(sample.classes()).as(sample.name()).isNotEmpty();
              assertThat(sample.about()).as(sample.name()).hasSizeBetween(10, 100);
              assertThat(sample.about()).as(sample.name()).doesNotContain("\n", "*", ".");
            });
  }

  @Test
  void every_sample_becomes_a_project_that_names_nothing_of_the_samples() throws IOException {
    for (Sample sample : catalogue.list()) {
      Map<String, String> files = made(sample.name(), "our-app", null);

      String tests = "src/test/java/com/example/ourapp/";
      String app = "src/main/java/com/example/ourapp/" + sample.classes().get(0) + ".java";
      assertThat(files)
          .as(sample.name())
          .containsKeys("pom.xml", "README.md", "requests.http", "host.json", ".gitignore", app)
          .containsKeys(".github/workflows/build.yml", "local.settings.json");
      assertThat(files.keySet())
          .as(sample.name())
          .anyMatch(file -> file.startsWith(tests) && file.endsWith("Test.java"))
          .anyMatch(file -> file.startsWith(tests) && file.endsWith("IT.java"));
      assertThat(files)
          .allSatisfy(
              (file, text) ->
                  assertThat(text)
                      .as(sample.name() + ": " + file)
                      .doesNotContain("dev.holdfast.samples", "{{", "@jackson"));
      assertThat(files.get(app)).startsWith("package com.example.ourapp;");
      assertThat(files.get("requests.http")).contains("http://localhost:7071/", "POST ");
      assertThat(files.get("host.json")).contains("\"hubName\": \"OurApp\"");
      assertThat(files.get("README.md")).contains("# our-app", "This app shows " + sample.about());
    }
  }

  @Test
  void a_project_depends_only_on_the_libraries_that_its_sources_use() throws IOException {
    assertThat(made("chaining", "a", null).get("pom.xml")).doesNotContain("holdfast-orch");
    assertThat(made("trip", "b", null).get("pom.xml"))
        .contains("<artifactId>holdfast-orchestrations<", "<artifactId>holdfast-activities<");
  }

  @Test
  void requests_have_the_method_the_headers_and_the_body_of_the_commands() throws IOException {
    String requests = made("trip", "c", null).get("requests.http");

    assertThat(requests)
        .isEqualTo(
            """
            ### StartBookTrip
            POST http://localhost:7071/api/StartBookTrip

            ### StartBookTrip
            POST http://localhost:7071/api/StartBookTrip
            Content-Type: application/json

            {"traveller":"Amelia","destination":"Honolulu","failAt":"payment"}
            """);
  }

  @Test
  void the_libraries_of_a_development_build_have_a_version_made_from_their_content()
      throws IOException {
    Libraries first = new Libraries(repository);
    Files.writeString(file("holdfast-orchestrations", "0.1.0-SNAPSHOT", ".jar"), "changed");
    Libraries second = new Libraries(repository);

    assertThat(first.version()).matches("0[.]1[.]0-[0-9a-f]{10}");
    assertThat(second.version()).matches("0[.]1[.]0-[0-9a-f]{10}").isNotEqualTo(first.version());
    Path copy = folder.resolve("copy");
    second.copy(copy);
    String place = "dev/holdfast/holdfast-host/" + second.version() + "/holdfast-host-";
    assertThat(copy.resolve(place + second.version() + ".jar")).exists();
    assertThat(copy.resolve(place + second.version() + ".jar.sha1"))
        .hasContent("96448d96453679fad45b5a47e8686a7496eca7f1");
    assertThat(copy.resolve(place + second.version() + ".pom"))
        .content()
        .isEqualTo("<version>" + second.version() + "</version>");
  }

  @Test
  void the_libraries_of_a_release_keep_their_version() throws IOException {
    repository = folder.resolve("released");
    library("holdfast-host", "1.2.0");

    assertThat(new Libraries(repository).version()).isEqualTo("1.2.0");
  }

  @Test
  void without_the_libraries_nothing_is_made() {
    assertThatThrownBy(() -> new Libraries(folder.resolve("none")))
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.cure()).contains("Run the launcher"));
  }

  @Test
  void what_is_there_already_is_refused_and_stays_as_it_was() throws IOException {
    Path place = Files.createDirectories(folder.resolve("orders"));
    Files.writeString(place.resolve("pom.xml"), "mine");

    assertThatThrownBy(() -> make("chaining", place, null))
        .isInstanceOfSatisfying(
            CannotException.class,
            it -> assertThat(it.lines()).contains("pom.xml is in it", "Nothing was changed"));

    assertThat(place.resolve("pom.xml")).hasContent("mine");
    try (Stream<Path> entries = Files.list(place)) {
      assertThat(entries).hasSize(1);
    }
    assertThatThrownBy(() -> make("chaining", place.resolve("pom.xml"), "com.example.x"))
        .isInstanceOf(CannotException.class);
  }

  @Test
  void an_empty_folder_is_filled() throws IOException {
    Path place = Files.createDirectories(folder.resolve("orders"));

    make("chaining", place, "org.acme");

    assertThat(place.resolve("src/main/java/org/acme/HelloSequence.java")).exists();
    assertThat(place.resolve("pom.xml")).content().contains("<groupId>org</groupId>");
  }

  @ParameterizedTest
  @CsvSource({"trip, trip", "TRIP, trip", "TripBooking, trip", "helloSequence, chaining"})
  void a_sample_is_found_by_its_package_or_a_class(String written, String name) throws IOException {
    assertThat(catalogue.find(written).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"chainig, 'chaining'", "TripBokking, 'TripBooking'"})
  void a_misspelt_sample_is_answered_by_the_nearest(String written, String meant) {
    assertThatThrownBy(() -> catalogue.find(written))
        .isInstanceOfSatisfying(
            CannotException.class,
            it -> assertThat(it.why()).isEqualTo("Did you mean '" + meant + "'?"));
  }

  @Test
  void a_sample_that_is_near_to_nothing_is_answered_by_all_names() {
    assertThatThrownBy(() -> catalogue.find("zzzzzzzzzz"))
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.why()).contains("chaining", "trip"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1st", "my app", "ärger", "a.b", "-x", "x;y"})
  void a_name_that_maven_does_not_take_is_refused(String name) {
    assertThatThrownBy(() -> ProjectName.of(folder.resolve(name), null))
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.lines()).contains(name, "holdfast new"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"int", "com.new.x", "com..x", "1a", "java.x", "com.microsoft.azure.x"})
  void a_package_that_java_does_not_take_is_refused(String javaPackage) {
    assertThatThrownBy(() -> ProjectName.of(folder.resolve("orders"), javaPackage))
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.cure()).contains("--package com.example"));
  }

  @ParameterizedTest
  @CsvSource({"orders, Orders", "our-app_2, OurApp2", "x, XHub"})
  void the_name_of_the_hub_has_letters_and_digits_only(String name, String hub) {
    assertThat(ProjectName.of(folder.resolve(name), null).hub()).isEqualTo(hub);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Maven of this test is a shell script")
  void a_project_that_was_never_built_is_built_by_maven_once() throws Exception {
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(app.resolve("pom.xml"), "");
    Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\nmkdir target\necho \"$@\" >>calls\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    StringWriter told = new StringWriter();

    NewBuild.ifNeverBuilt(app, "none:" + maven.getParent(), new PrintWriter(told));
    NewBuild.ifNeverBuilt(app, maven.getParent().toString(), new PrintWriter(told));

    assertThat(app.resolve("calls")).hasContent("-B -q -DskipTests package");
    assertThat(told.toString()).contains("has not been built yet").containsOnlyOnce("mvn");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Maven of this test is a shell script")
  void a_build_that_fails_is_told_and_without_maven_nothing_happens() throws Exception {
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.writeString(app.resolve("pom.xml"), "");
    Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\nexit 3\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    PrintWriter nobody = new PrintWriter(new StringWriter());

    NewBuild.ifNeverBuilt(app, null, nobody);
    NewBuild.ifNeverBuilt(app, "", nobody);
    assertThatThrownBy(() -> NewBuild.ifNeverBuilt(app, maven.getParent().toString(), nobody))
        .isInstanceOfSatisfying(
            CannotException.class, it -> assertThat(it.why()).contains("exit code 3"));
  }

  private Map<String, String> made(String sample, String name, String javaPackage)
      throws IOException {
    Path place = folder.resolve(sample).resolve(name);
    make(sample, place, javaPackage);
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(place)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(place.resolve("repository"))) {
          files.put(place.relativize(file).toString().replace('\\', '/'), Files.readString(file));
        }
      }
    }
    return files;
  }

  private void make(String sample, Path place, String javaPackage) throws IOException {
    ProjectName name = ProjectName.of(place, javaPackage);
    new Project(catalogue, catalogue.find(sample), name, new Libraries(repository)).write(place);
  }

  private void library(String artifact, String version) throws IOException {
    Files.createDirectories(file(artifact, version, "").getParent());
    Files.writeString(file(artifact, version, ".jar"), artifact);
    Files.writeString(file(artifact, version, ".pom"), "<version>" + version + "</version>");
    Files.writeString(file(artifact, version, ".jar.lastUpdated"), "");
  }

  private Path file(String artifact, String version, String extension) {
    return repository
        .resolve("dev/holdfast")
        .resolve(artifact)
        .resolve(version)
        .resolve(artifact + "-" + version + extension);
  }
}
