package dev.holdfast.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Compares histories with earlier ones that were checked by a person and stored as text files. */
final class Snapshots {
  static final Path FOLDER = Path.of("src", "test", "resources", "snapshots");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Snapshots() {}

  /**
   * Compares the history with the file of this name in the folder.
   *
   * @param update whether to write the file instead of comparing
   * @throws AssertionError the history differs, or there was no file; the file is then written
   */
  static void check(Path folder, String name, List<String> now, boolean update) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot be the name of a snapshot: use letters, digits, '.', '_' and '-'.");
    }
    Path file = folder.resolve(name + ".txt");
    try {
      if (update) {
        write(file, now);
      } else if (!Files.exists(file)) {
        write(file, now);
        throw new AssertionError(
            "There was no snapshot %s, so it was written. Look at it, keep it with the test, and run the test again."
                .formatted(file.toAbsolutePath()));
      } else {
        List<String> before = Files.readAllLines(file);
        if (!before.equals(now)) {
          throw new AssertionError(
              "The history is not the one of snapshot %s ('-' was expected, '+' is there now). If the change is wanted, run the test once with -Dholdfast.snapshots=update.%n%s"
                  .formatted(file, difference(before, now)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  /** Returns all lines, with '-' before removed lines and '+' before new lines. */
  static String difference(List<String> before, List<String> now) {
    int[][] same = new int[before.size() + 1][now.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = now.size() - 1; j >= 0; j--) {
        same[i][j] =
            before.get(i).equals(now.get(j))
                ? same[i + 1][j + 1] + 1
                : Math.max(same[i + 1][j], same[i][j + 1]);
      }
    }
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < now.size()) {
      if (i < before.size() && j < now.size() && before.get(i).equals(now.get(j))) {
        lines.add("  " + before.get(i));
        i++;
        j++;
      } else if (j == now.size() || (i < before.size() && same[i + 1][j] >= same[i][j + 1])) {
        lines.add("- " + before.get(i++));
      } else {
        lines.add("+ " + now.get(j++));
      }
    }
    return String.join(System.lineSeparator(), lines);
  }
}
