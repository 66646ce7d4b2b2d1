package dev.holdfast.host;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The files that people write, as opposed to what tools make of them. */
public final class SourceTree {

  private static final Set<String> NOT_OURS =
      Set.of("target", ".git", ".idea", ".vscode", ".settings", "node_modules", "data");

  private SourceTree() {}

  /**
   * A text file.
   *
   * @param path relative to the root of the project, with slashes
   */
  record Page(String path, List<String> lines) {}

  /** The folder that holds the launcher, whichever folder the tests were started from. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve(".mvn"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "expected .mvn in this folder or one above it: " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  static List<Page> pages() throws IOException {
    Path root = root();
    List<Page> pages = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (NOT_OURS.contains(String.valueOf(file.getFileName()))) {
              return FileVisitResult.CONTINUE;
            }
            try {
              String path = root.relativize(file).toString().replace('\\', '/');
              pages.add(new Page(path, Files.readAllLines(file)));
            } catch (MalformedInputException binary) {
              // Not text: nothing in it to read.
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  /** Those of the rooms in which somebody has written Java. */
  static Set<String> roomsWithSources(Set<String> rooms) throws IOException {
    Set<String> found = new TreeSet<>();
    for (String room : rooms) {
      Path sources = root().resolve(room).resolve("src/main/java");
      if (Files.isDirectory(sources)) {
        try (Stream<Path> files = Files.walk(sources)) {
          if (files.anyMatch(each -> each.toString().endsWith(".java"))) {
            found.add(room);
          }
        }
      }
    }
    return found;
  }
}
