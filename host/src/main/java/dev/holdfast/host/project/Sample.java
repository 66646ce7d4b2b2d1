package dev.holdfast.host.project;

import java.util.List;
import java.util.stream.Stream;

/**
 * Describes a sample from which a project can be made.
 *
 * @param name the last part of its package
 * @param classes the classes with its functions
 * @param about what it shows, as the rest of a sentence that begins with "Shows"
 */
record Sample(String name, List<String> classes, String about) {
  Sample {
    classes = List.copyOf(classes);
  }

  /** Returns all words by which a user may name the sample. */
  Stream<String> words() {
    return Stream.concat(Stream.of(name), classes.stream());
  }
}
