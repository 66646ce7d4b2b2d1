package dev.holdfast.functions.loading;

import static java.nio.file.Files.exists;
import static java.nio.file.Files.isDirectory;
import static java.nio.file.Files.isRegularFile;

import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.functions.model.AppSource.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recognises what kind of app lies at a path. */
public final class AppFinder {

  private AppFinder() {}

  /**
   * Recognises a staging directory, a jar, a folder of classes, or a built project folder.
   *
   * @throws AppLoadException there is no app at the path, or the app has not been built; the
   *     message names the command that builds it
   */
  public static AppSource find(Path path) throws AppLoadException {
    Path place = path.toAbsolutePath().normalize();
    try {
      if (isRegularFile(place)) {
        return jar(place);
      }
      if (!isDirectory(place)) {
        throw new AppLoadException(
            "There is nothing at " + place + ". Give the folder of a built app, or its jar.");
      }
      return folder(place);
    } catch (IOException | UncheckedIOException e) {
      throw new AppLoadException(
          "Cannot read the app at " + place + ": " + e.getMessage() + ". Check its permissions.",
          e);
    }
  }

  private static AppSource folder(Path place) throws IOException, AppLoadException {
    if (isStaging(place)) {
      return staged(place, List.of());
    }
    for (ProjectLayout layout : ProjectLayout.ALL) {
      if (layout.isProject(place)) {
        return project(place, layout);
      }
    }
    for (ProjectLayout layout : ProjectLayout.ALL) {
      Optional<Path> owner = layout.projectOfClasses(place);
      if (owner.isPresent()) {
        return classes(owner.get(), layout, place);
      }
    }
    if (hasClasses(place)) {
      return new AppSource(Kind.CLASSES, place, List.of(place), noLibraries(place), List.of());
    }
    throw new AppLoadException(
        place
            + " holds no app: neither host.json with <function>/function.json files, nor a Maven or"
            + " Gradle project, nor compiled classes. Give the folder of a built app, or its jar.");
  }

  // A project may have been staged by the build plugin and compiled again since. The newer of the
  // two builds is used.
  private static AppSource project(Path project, ProjectLayout layout)
      throws IOException, AppLoadException {
    Path classes = project.resolve(layout.classes());
    List<Path> staged = stagingFolders(project.resolve(layout.staging()));
    if (staged.isEmpty()) {
      if (!hasClasses(classes)) {
        throw new AppLoadException(
            project + " has not been built. Build it first: " + layout.buildCommand(project));
      }
      return classes(project, layout, classes);
    }
    Path newest = staged.get(0);
    if (hasClasses(classes) && changedAt(classes) > changedAt(newest)) {
      return classes(project, layout, classes)
          .withNote(
              "Running from "
                  + classes
                  + ", which is newer than what the build plugin staged in "
                  + newest
                  + ".");
    }
    return staged(newest, staged.size() == 1 ? List.of() : List.of(severalStaged(staged)));
  }

  private static String severalStaged(List<Path> staged) {
    return "There are several staged apps; the newest runs: "
        + staged.get(0)
        + ". To run another one, give its folder.";
  }

  private static AppSource staged(Path root, List<String> notes) throws IOException {
    List<Path> classPath = new ArrayList<>(jarsIn(root));
    for (Path child : children(root)) {
      if (isDirectory(child) && child.getFileName().toString().endsWith("lib")) {
        classPath.addAll(jarsIn(child));
      }
    }
    return new AppSource(Kind.STAGED, root, classPath, null, notes);
  }

  private static AppSource jar(Path jar) throws IOException, AppLoadException {
    if (!jar.getFileName().toString().endsWith(".jar")) {
      throw new AppLoadException(
          jar + " is not a jar. Give the folder of a built app, or its jar.");
    }
    Path folder = jar.toAbsolutePath().normalize().getParent();
    Set<Path> classPath = new LinkedHashSet<>();
    classPath.add(jar);
    classPath.addAll(JarManifest.read(jar).classPath());
    if (folder != null) {
      classPath.addAll(jarsIn(folder.resolve("lib")));
    }
    Path root = folder == null ? jar : folder;
    return new AppSource(Kind.JAR, root, List.copyOf(classPath), null, List.of());
  }

  private static AppSource classes(Path project, ProjectLayout layout, Path classes)
      throws IOException {
    Set<Path> classPath = new LinkedHashSet<>();
    classPath.add(classes);
    layout.resources().map(project::resolve).filter(Files::isDirectory).ifPresent(classPath::add);
    Optional<List<Path>> libraries = libraries(project, layout);
    libraries.ifPresent(classPath::addAll);
    String missing =
        libraries.isPresent()
            ? null
            : "Its libraries are not known. List them first: " + layout.librariesCommand(project);
    return new AppSource(Kind.CLASSES, project, List.copyOf(classPath), missing, List.of());
  }

  private static Optional<List<Path>> libraries(Path project, ProjectLayout layout)
      throws IOException {
    Path listed = project.resolve(layout.classPathFile());
    if (isRegularFile(listed)) {
      return Optional.of(classPathFile(listed, project));
    }
    for (String folder : layout.libraryFolders()) {
      List<Path> jars = jarsIn(project.resolve(folder));
      if (!jars.isEmpty()) {
        return Optional.of(jars);
      }
    }
    for (Path staged : stagingFolders(project.resolve(layout.staging()))) {
      return Optional.of(jarsIn(staged.resolve("lib")));
    }
    return Optional.empty();
  }

  private static List<Path> classPathFile(Path file, Path project) throws IOException {
    List<Path> entries = new ArrayList<>();
    for (String entry : Files.readString(file).trim().split(java.io.File.pathSeparator, -1)) {
      if (!entry.isBlank()) {
        Path path = project.resolve(entry.trim());
        if (exists(path)) {
          entries.add(path);
        }
      }
    }
    return entries;
  }

  private static boolean isStaging(Path folder) throws IOException {
    if (!isRegularFile(folder.resolve("host.json"))) {
      return false;
    }
    return children(folder).stream().anyMatch(c -> isRegularFile(c.resolve("function.json")));
  }

  private static List<Path> stagingFolders(Path parent) throws IOException {
    List<Path> staged = new ArrayList<>();
    if (isDirectory(parent)) {
      for (Path child : children(parent)) {
        if (isDirectory(child) && isStaging(child)) {
          staged.add(child);
        }
      }
    }
    staged.sort(Comparator.comparing(AppFinder::changedAt).reversed());
    return staged;
  }

  private static boolean hasClasses(Path folder) throws IOException {
    if (!isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".class"));
    }
  }

  /**
   * Returns the newest change time of all files below the folder, in milliseconds since the epoch;
   * 0 when there are no files.
   */
  private static long changedAt(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .mapToLong(file -> file.toFile().lastModified())
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> jarsIn(Path folder) throws IOException {
    if (!isDirectory(folder)) {
      return List.of();
    }
    return children(folder).stream().filter(file -> file.toString().endsWith(".jar")).toList();
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static @Nullable String noLibraries(Path place) {
    return "Its libraries are not known: "
        + place
        + " lies in no Maven or Gradle project. Give the project's folder, or a jar with lib/"
        + " beside it.";
  }
}
