package dev.holdfast.host.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Converts the sources of a sample into the sources of a project. The classes of the sample, its
 * tests, and the classes in packages above that these use are put into one package.
 */
final class SampleSources {
  private static final String SAMPLES = Pattern.quote(Catalogue.PACKAGE);
  private static final Pattern IMPORT =
      Pattern.compile("^import " + SAMPLES + "[.][\\w.]+;\\R", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile(SAMPLES + "(?:[.][a-z][a-z0-9]*)?\\b");
  private static final Pattern EMPTY_LINES = Pattern.compile("\\R{3,}");

  private final Map<String, String> main = new TreeMap<>();
  private final Map<String, String> tests = new TreeMap<>();

  /**
   * Reads and converts the sources.
   *
   * @param to the package of the project
   */
  SampleSources(Catalogue catalogue, Sample sample, String to) throws IOException {
    read(catalogue.main(), sample, main);
    read(catalogue.tests(), sample, tests);
    main.replaceAll((file, text) -> turned(text, to));
    tests.replaceAll((file, text) -> turned(text, to));
  }

  /** Returns the text of each main file by its name. */
  Map<String, String> main() {
    return main;
  }

  /** Returns the text of each test file by its name. */
  Map<String, String> tests() {
    return tests;
  }

  private static void read(Path root, Sample sample, Map<String, String> into) throws IOException {
    into.putAll(files(root.resolve(sample.name())));
    Map<String, String> above = files(root);
    above.remove("package-info.java");
    boolean more = true;
    while (more) {
      Map<String, String> used = new TreeMap<>(above);
      used.keySet().removeAll(into.keySet());
      used.keySet().removeIf(file -> into.values().stream().noneMatch(it -> uses(it, file)));
      into.putAll(used);
      more = !used.isEmpty();
    }
  }

  private static boolean uses(String text, String file) {
    return Pattern.compile("\\b" + file.replace(".java", "") + "\\b").matcher(text).find();
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return texts;
  }

  private static String turned(String text, String to) {
    String here = IMPORT.matcher(text).replaceAll("");
    here = NAME.matcher(here).replaceAll(to);
    return EMPTY_LINES.matcher(here).replaceAll("\n\n");
  }
}
