package dev.holdfast.functions.loading;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Describes in which files and folders, relative to the project's folder, a build tool puts its
 * results.
 *
 * @param buildFiles the names of build files; a folder that has one of them is a project
 * @param classes the folder of the compiled classes
 * @param resources the folder of resources that are not in {@code classes}
 * @param staging the parent of the staging directories of the Azure Functions plugin
 * @param classPathFile the file that lists the libraries, if the build wrote one
 * @param libraryFolders the folders to which jars may have been copied
 * @param build the command that builds a project; {@code %s} stands for the project
 * @param libraries the command that lists the libraries; {@code %s} stands for the project
 */
record ProjectLayout(
    List<String> buildFiles,
    String classes,
    Optional<String> resources,
    String staging,
    String classPathFile,
    List<String> libraryFolders,
    String build,
    String libraries) {

  private static final String MAVEN_CLASS_PATH =
      "dependency:build-classpath -DincludeScope=runtime"
          + " -Dmdep.outputFile=target/holdfast.classpath";

  static final List<ProjectLayout> ALL =
      List.of(
          new ProjectLayout(
              List.of("pom.xml"),
              "target/classes",
              Optional.empty(),
              "target/azure-functions",
              "target/holdfast.classpath",
              List.of("target/lib", "target/dependency"),
              "mvn -f %s compile " + MAVEN_CLASS_PATH,
              "mvn -f %s " + MAVEN_CLASS_PATH),
          new ProjectLayout(
              List.of("build.gradle", "build.gradle.kts"),
              "build/classes/java/main",
              Optional.of("build/resources/main"),
              "build/azure-functions",
              "build/holdfast.classpath",
              List.of("build/lib", "build/dependency"),
              "gradle -p %s azureFunctionsPackage",
              "gradle -p %s azureFunctionsPackage"));

  boolean isProject(Path folder) {
    return buildFiles.stream().anyMatch(file -> Files.isRegularFile(folder.resolve(file)));
  }

  /** Returns the project to which this folder of classes belongs. */
  Optional<Path> projectOfClasses(Path folder) {
    if (!folder.endsWith(classes)) {
      return Optional.empty();
    }
    int depth = Path.of(classes).getNameCount();
    Path project = folder;
    for (int i = 0; i < depth && project != null; i++) {
      project = project.getParent();
    }
    return Optional.ofNullable(project);
  }

  String buildCommand(Path project) {
    return command(build, project);
  }

  String librariesCommand(Path project) {
    return command(libraries, project);
  }

  private String command(String pattern, Path project) {
    Path place = pattern.startsWith("mvn") ? project.resolve(buildFiles.get(0)) : project;
    String text = place.toString();
    return pattern.replace("%s", text.contains(" ") ? '"' + text + '"' : text);
  }
}
