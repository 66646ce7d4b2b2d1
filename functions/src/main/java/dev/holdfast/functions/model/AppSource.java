package dev.holdfast.functions.model;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes where the code and the metadata of an app are.
 *
 * @param kind decides where function metadata is read
 * @param root the folder whose host.json and local.settings.json belong to the app
 * @param classPath jars and class folders, beginning with those of the app itself
 * @param missingDependencies the advice to give if the app needs libraries that are not on the
 *     class path; null when the class path looks complete
 * @param notes remarks for people about how the app was found
 */
public record AppSource(
    Kind kind,
    Path root,
    List<Path> classPath,
    @Nullable String missingDependencies,
    List<String> notes) {

  /** Says how the app was packaged, which decides where its function metadata is read. */
  public enum Kind {
    /**
     * The app is a staging directory of the Azure Functions build plugins: function.json files
     * define its functions.
     */
    STAGED,
    /**
     * The app is a jar with its libraries inside or beside it: annotations define its functions.
     */
    JAR,
    /** The app is a folder of compiled classes: annotations define its functions. */
    CLASSES
  }

  public AppSource {
    classPath = List.copyOf(classPath);
    notes = List.copyOf(notes);
  }

  /** Returns a copy of this source that has one more note. */
  public AppSource withNote(String note) {
    return new AppSource(
        kind,
        root,
        classPath,
        missingDependencies,
        Stream.concat(notes.stream(), Stream.of(note)).toList());
  }
}
