package dev.holdfast.functions.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.TestApps;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recognised as an app, and what is said when there is none. */
class AppFinderTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private Path jar(String name) throws IOException {
    Path content = folder.resolve("content");
    Files.createDirectories(content);
    Files.writeString(content.resolve("some.txt"), "x");
    return TestApps.jar(folder.resolve(name), List.of(content));
  }

  private Path staging(String name) throws IOException {
    file(name + "/host.json", "{}");
    file(name + "/Fn/function.json", "{}");
    jar(name + "/app.jar");
    jar(name + "/lib/dep.jar");
    return folder.resolve(name);
  }

  @Test
  void staging_directory() throws Exception {
    Path staging = staging("staged");

    AppSource source = AppFinder.find(staging);

    assertThat(source.kind()).isEqualTo(AppSource.Kind.STAGED);
    assertThat(source.root()).isEqualTo(staging);
    assertThat(source.classPath())
        .containsExactly(staging.resolve("app.jar"), staging.resolve("lib/dep.jar"));
    assertThat(source.missingDependencies()).isNull();
  }

  @Test
  void jar_with_libraries_beside_it() throws Exception {
    Path app = jar("dist/app.jar");
    Path library = jar("dist/lib/a.jar");

    AppSource source = AppFinder.find(app);

    assertThat(source.kind()).isEqualTo(AppSource.Kind.JAR);
    assertThat(source.root()).isEqualTo(folder.resolve("dist"));
    assertThat(source.classPath()).containsExactly(app, library);
  }

  @Test
  void jar_whose_manifest_names_its_libraries() throws Exception {
    Path other = jar("elsewhere/b.jar");
    file(
        "content/META-INF/MANIFEST.MF",
        """
        Manifest-Version: 1.0
        Class-Path: ../elsewhere/b.jar gone.jar http://example.org/c.jar
        """);
    Path app = jar("dist/app.jar");

    assertThat(AppFinder.find(app).classPath()).containsExactly(app, other);
  }

  @Test
  void project_that_was_staged() throws Exception {
    file("p/pom.xml", "<project/>");
    Path staging = staging("p/target/azure-functions/my-app");

    AppSource source = AppFinder.find(folder.resolve("p"));

    assertThat(source.kind()).isEqualTo(AppSource.Kind.STAGED);
    assertThat(source.root()).isEqualTo(staging);
  }

  @Test
  void classes_newer_than_the_staged_app_run_with_its_libraries() throws Exception {
    file("p/pom.xml", "<project/>");
    Path staging = staging("p/target/azure-functions/my-app");
    Path compiled = file("p/target/classes/A.class", "");
    Files.setLastModifiedTime(compiled, FileTime.from(Instant.now().plusSeconds(60)));

    AppSource source = AppFinder.find(folder.resolve("p"));

    assertThat(source.kind()).isEqualTo(AppSource.Kind.CLASSES);
    assertThat(source.root()).isEqualTo(folder.resolve("p"));
    assertThat(source.classPath())
        .containsExactly(folder.resolve("p/target/classes"), staging.resolve("lib/dep.jar"));
    assertThat(source.notes()).singleElement().asString().contains("newer");
  }

  @Test
  void classes_with_a_listed_class_path() throws Exception {
    file("p/pom.xml", "<project/>");
    file("p/target/classes/app/A.class", "");
    Path classes = folder.resolve("p/target/classes");
    Path library = jar("repo/x.jar");
    file(
        "p/target/holdfast.classpath",
        library + java.io.File.pathSeparator + folder.resolve("gone.jar") + "\n");

    for (Path place : List.of(folder.resolve("p"), classes)) {
      AppSource source = AppFinder.find(place);
      assertThat(source.kind()).isEqualTo(AppSource.Kind.CLASSES);
      assertThat(source.root()).isEqualTo(folder.resolve("p"));
      assertThat(source.classPath()).containsExactly(classes, library);
      assertThat(source.missingDependencies()).isNull();
    }
  }

  @Test
  void classes_with_copied_libraries() throws Exception {
    file("p/pom.xml", "<project/>");
    file("p/target/classes/A.class", "");
    Path library = jar("p/target/dependency/x.jar");

    assertThat(AppFinder.find(folder.resolve("p")).classPath()).contains(library);
  }

  @Test
  void classes_without_libraries_say_how_to_list_them() throws Exception {
    file("p/pom.xml", "<project/>");
    file("p/target/classes/A.class", "");

    AppSource source = AppFinder.find(folder.resolve("p"));

    assertThat(source.missingDependencies())
        .contains("mvn -f " + folder.resolve("p/pom.xml") + " dependency:build-classpath");
  }

  @Test
  void gradle_project() throws Exception {
    file("g/build.gradle.kts", "");
    assertThatThrownBy(() -> AppFinder.find(folder.resolve("g")))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("gradle -p " + folder.resolve("g") + " azureFunctionsPackage");

    staging("g/build/azure-functions/app");
    assertThat(AppFinder.find(folder.resolve("g")).kind()).isEqualTo(AppSource.Kind.STAGED);
  }

  @Test
  void project_that_was_not_built_says_how() throws Exception {
    file("my project/pom.xml", "<project/>");

    assertThatThrownBy(() -> AppFinder.find(folder.resolve("my project")))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("has not been built")
        .hasMessageContaining("mvn -f \"" + folder.resolve("my project/pom.xml") + "\" compile");
  }

  @Test
  void several_staged_apps_are_told() throws Exception {
    file("p/pom.xml", "<project/>");
    staging("p/target/azure-functions/one");
    staging("p/target/azure-functions/two");

    assertThat(AppFinder.find(folder.resolve("p")).notes())
        .singleElement()
        .asString()
        .contains("several staged apps");
  }

  @Test
  void what_is_no_app_is_refused() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path text = file("notes.txt", "");
    Path torn = file("torn.jar", "this is no zip");

    assertThatThrownBy(() -> AppFinder.find(folder.resolve("nowhere")))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("nothing at");
    assertThatThrownBy(() -> AppFinder.find(empty))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("holds no app");
    assertThatThrownBy(() -> AppFinder.find(text))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("is not a jar");
    assertThatThrownBy(() -> AppFinder.find(torn))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("cannot be read as a jar");
  }

  @Test
  void app_that_lacks_libraries_it_needs_is_refused_with_the_command() throws Exception {
    Path classes = folder.resolve("p/target/classes");
    file("p/pom.xml", "<project/>");
    TestApps.compile(classes, TestApps.durable("1.4.0"), "DurableApp");
    AppSource source = AppFinder.find(folder.resolve("p"));

    assertThatThrownBy(() -> FunctionApp.open(source, AppContext.usual()))
        .isInstanceOf(AppLoadException.class)
        .hasMessageContaining("no trigger")
        .hasMessageContaining("dependency:build-classpath");
  }
}
