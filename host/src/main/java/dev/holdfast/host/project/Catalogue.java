package dev.holdfast.host.project;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Lists the samples; each package below the package of the samples is one sample. */
final class Catalogue {
  static final String PACKAGE = "dev.holdfast.samples";

  private static final Pattern FIRST_SENTENCE =
      Pattern.compile("/\\*\\*\\s*(?:Shows )?(.*?)\\.\\s*(?:\\*/|<p>|\\n)", Pattern.DOTALL);

  private final Path samples;

  /**
   * Creates the list of the samples in a folder.
   *
   * @param samples the folder with the sources of the samples
   */
  Catalogue(Path samples) {
    this.samples = samples;
  }

  /** Returns the folder with the main sources of all samples. */
  Path main() {
    return samples.resolve("src/main/java").resolve(PACKAGE.replace('.', '/'));
  }

  /** Returns the folder with the tests of all samples. */
  Path tests() {
    return samples.resolve("src/test/java").resolve(PACKAGE.replace('.', '/'));
  }

  /** Returns the text of a file beside the sources, such as host.json. */
  String settings(String file) throws IOException {
    return Files.readString(samples.resolve(file));
  }

  /** Returns all samples in the order of their names. */
  List<Sample> list() throws IOException {
    if (!Files.isDirectory(main())) {
      throw new CannotException(
          "Cannot find the samples.",
          "There is no folder " + main() + ".",
          "Run the launcher 'holdfast' of a clone or of a release; it knows where they are.");
    }
    List<Sample> all = new ArrayList<>();
    try (Stream<Path> folders = Files.list(main())) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        all.add(sample(folder));
      }
    }
    return all;
  }

  /**
   * Finds a sample by its name or the name of one of its classes, without regard to case.
   *
   * @throws CannotException there is no sample with this name
   */
  Sample find(String written) throws IOException {
    List<Sample> all = list();
    for (Sample sample : all) {
      if (sample.words().anyMatch(written::equalsIgnoreCase)) {
        return sample;
      }
    }
    List<String> words = all.stream().flatMap(Sample::words).toList();
    throw new CannotException(
        CannotException.USAGE,
        "There is no sample '" + written + "'.",
        Nearest.question(written, words)
            .orElse(
                "There are " + String.join(", ", all.stream().map(Sample::name).toList()) + "."),
        "'holdfast new --list' says what each of them shows.");
  }

  private static Sample sample(Path folder) throws IOException {
    List<String> classes = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (Files.readString(file).contains("@FunctionName(")) {
          classes.add(file.getFileName().toString().replace(".java", ""));
        }
      }
    }
    Matcher sentence =
        FIRST_SENTENCE.matcher(Files.readString(folder.resolve("package-info.java")));
    String about = sentence.find() ? sentence.group(1).replaceAll("\\s+\\*?\\s*", " ") : "";
    String name = folder.getFileName().toString().toLowerCase(Locale.ROOT);
    return new Sample(name, classes, about);
  }
}
