package dev.holdfast.host.project;

import dev.holdfast.host.config.CannotException;
import java.nio.file.Path;
import java.util.Locale;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;

/**
 * Holds the names of a new project.
 *
 * @param name the name of the project's folder, which Maven uses as well
 * @param javaPackage the package of its classes
 */
record ProjectName(String name, String javaPackage) {
  private static final String NAMES = "[A-Za-z][A-Za-z0-9_-]*";

  /**
   * Derives the names from what the user has given.
   *
   * @throws CannotException Maven or Java does not accept the name
   */
  static ProjectName of(Path folder, @Nullable String wanted) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "" : last.toString();
    if (!name.matches(NAMES)) {
      throw new CannotException(
          CannotException.USAGE,
          "'" + name + "' cannot be the name of a project.",
          "A name begins with a letter and has only letters, digits, - and _.",
          "Choose another, for example: holdfast new orders");
    }
    String javaPackage =
        wanted != null
            ? wanted
            : "com.example." + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    check(javaPackage);
    return new ProjectName(name, javaPackage);
  }

  private static void check(String javaPackage) {
    if (!SourceVersion.isName(javaPackage, SourceVersion.RELEASE_17)) {
      throw new CannotException(
          CannotException.USAGE,
          "'" + javaPackage + "' cannot be the name of a Java package.",
          "Each part between the dots begins with a letter and is no word of the language.",
          "Choose another, for example: --package com.example.orders");
    }
    if (javaPackage.matches("(java|javax|com[.]microsoft|dev[.]holdfast)([.].*)?")) {
      throw new CannotException(
          CannotException.USAGE,
          "The package '" + javaPackage + "' belongs to somebody else.",
          "An app whose classes are in it could not be loaded, or would hide those of a library.",
          "Choose one of your own, for example: --package com.example.orders");
    }
  }

  /** Returns the package without its last part, or the whole package when it has only one part. */
  String group() {
    int last = javaPackage.lastIndexOf('.');
    return last < 0 ? javaPackage : javaPackage.substring(0, last);
  }

  /**
   * Returns a name for the task hub, which begins with a letter and has letters and digits only.
   */
  String hub() {
    StringBuilder hub = new StringBuilder();
    for (String word : name.split("[-_]+", -1)) {
      if (!word.isEmpty()) {
        hub.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    String text = hub.length() < 3 ? hub + "Hub" : hub.toString();
    return text.substring(0, Math.min(text.length(), 45));
  }
}
