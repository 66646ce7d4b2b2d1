package dev.holdfast.functions;

import dev.holdfast.functions.loading.AppFinder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where an app's code and metadata lie.
 *
 * @param kind decides where function metadata is read
 * @param root the folder whose host.json and local.settings.json belong to the app
 * @param classPath jars and class folders, the app's own first
 * @param missingDependencies null when the class path is complete as far as one can see; otherwise
 *     what to do if the app turns out to need libraries that are not on it
 * @param notes what a person should know about the choice that was made
 */
public record AppSource(
    Kind kind,
    Path root,
    List<Path> classPath,
    @Nullable String missingDependencies,
    List<String> notes) {

  /** How the app was packaged. */
  public enum Kind {
    /** A staging directory of the Azure Functions build plugins: function.json files decide. */
    STAGED,
    /** A jar, with its libraries inside or beside it: annotations decide. */
    JAR,
    /** A folder of compiled classes: annotations decide. */
    CLASSES
  }

  public AppSource {
    classPath = List.copyOf(classPath);
    notes = List.copyOf(notes);
  }

  /**
   * Recognises a staging directory, a jar, a folder of classes, or a built project folder.
   *
   * @throws AppLoadException there is no app at the path, or it has not been built; the message has
   *     the command that builds it
   */
  public static AppSource find(Path path) throws AppLoadException {
    return AppFinder.find(path);
  }

  /** The same with one more thing to tell. */
  public AppSource withNote(String note) {
    return new AppSource(
        kind,
        root,
        classPath,
        missingDependencies,
        Stream.concat(notes.stream(), Stream.of(note)).toList());
  }
}
