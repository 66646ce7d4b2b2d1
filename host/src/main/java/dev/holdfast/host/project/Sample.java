package dev.holdfast.host.project;

import java.util.List;
import java.util.stream.Stream;

/**
 * Describes a sample from which a project can be made.
 *
 * @param name the last part of the sample's package
 * @param classes the classes with the functions of the sample
 * @param about what the sample shows, as the rest of a sentence that begins with "Shows"
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
