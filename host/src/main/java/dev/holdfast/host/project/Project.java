package dev.holdfast.host.project;

import dev.holdfast.host.config.CannotException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes a Maven project from a sample. */
final class Project {
  private static final List<String> OPTIONAL =
      List.of("holdfast-orchestrations", "holdfast-activities");

  private final Catalogue catalogue;
  private final Sample sample;
  private final ProjectName name;
  private final Libraries libraries;

  Project(Catalogue catalogue, Sample sample, ProjectName name, Libraries libraries) {
    this.catalogue = catalogue;
    this.sample = sample;
    this.name = name;
    this.libraries = libraries;
  }

  /**
   * Writes all files of the project.
   *
   * @throws CannotException the folder already has content or cannot be written; existing files are
   *     unchanged
   */
  void write(Path folder) throws IOException {
    refuseWhatIsThere(folder);
    Map<String, String> files = files();
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        Path target = folder.resolve(file.getKey());
        Files.createDirectories(target.getParent());
        Files.writeString(target, file.getValue());
      }
      libraries.copy(folder.resolve("repository"));
    } catch (IOException e) {
      throw new CannotException(
          "Cannot write the project " + folder + ".",
          e.toString(),
          "Choose a place that is writable and has room; remove what was written there.");
    }
  }

  private static void refuseWhatIsThere(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    String there = "There is a file of that name.";
    if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        Path first = entries.sorted().findFirst().orElse(null);
        if (first == null) {
          return;
        }
        there = "The folder is not empty: " + first.getFileName() + " is in it.";
      }
    }
    throw new CannotException(
        "Cannot make the project " + folder + ".",
        there,
        "Nothing was changed. Choose another name, or move away what is there.");
  }

  private Map<String, String> files() throws IOException {
    SampleSources sources = new SampleSources(catalogue, sample, name.javaPackage());
    Requests requests = new Requests(sources.main().values());
    Map<String, String> values = values(sources, requests);

    Map<String, String> files = new TreeMap<>();
    files.put("pom.xml", Template.fill("pom.xml.txt", values));
    files.put("README.md", Template.fill("README.md.txt", values));
    files.put(".gitignore", Template.read("gitignore.txt"));
    files.put(".github/workflows/build.yml", Template.read("build.yml.txt"));
    files.put("requests.http", requests.http());
    files.put("host.json", hostJson());
    files.put("local.settings.json", catalogue.settings("local.settings.json"));
    String folder = name.javaPackage().replace('.', '/') + "/";
    sources.main().forEach((file, text) -> files.put("src/main/java/" + folder + file, text));
    sources.tests().forEach((file, text) -> files.put("src/test/java/" + folder + file, text));
    return files;
  }

  private String hostJson() throws IOException {
    return catalogue
        .settings("host.json")
        .replaceFirst("\"hubName\": \"\\w+\"", "\"hubName\": \"" + name.hub() + "\"");
  }

  private Map<String, String> values(SampleSources sources, Requests requests) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("name", name.name());
    values.put("group", name.group());
    values.put("sample", sample.name());
    values.put("about", "This app shows " + sample.about() + ".");
    values.put("holdfast.version", libraries.version());
    values.put("libraries", libraries(sources));
    values.put("curl", requests.curl());
    values.put("files", rows(sources));
    return values;
  }

  /** Returns the dependencies on those libraries of Holdfast that the sources use. */
  private String libraries(SampleSources sources) {
    StringBuilder text = new StringBuilder();
    for (String artifact : OPTIONAL) {
      String packages = "dev." + artifact.replace('-', '.') + ".";
      boolean used =
          Stream.concat(sources.main().values().stream(), sources.tests().values().stream())
              .anyMatch(it -> it.contains("import " + packages));
      if (used) {
        text.append(Template.fill("library.xml.txt", Map.of("artifact", artifact)));
      }
    }
    return text.toString();
  }

  private String rows(SampleSources sources) {
    String folder = name.javaPackage().replace('.', '/') + "/";
    StringBuilder rows = new StringBuilder();
    for (String each : sample.classes()) {
      row(
          rows,
          "src/main/java/" + folder + each + ".java",
          "the functions: orchestrators, activities, and what starts them");
    }
    for (String file : sources.tests().keySet()) {
      if (file.endsWith("WorkflowTest.java")) {
        row(rows, "src/test/java/" + folder + file, "tests of the orchestrations in virtual time");
      } else if (file.endsWith("Test.java")) {
        row(rows, "src/test/java/" + folder + file, "tests of single functions, with mocks");
      } else if (file.endsWith("IT.java")) {
        row(rows, "src/test/java/" + folder + file, "an end-to-end test, against a host");
      }
    }
    return rows.toString().stripTrailing();
  }

  private static void row(StringBuilder rows, String file, String what) {
    rows.append("| `").append(file).append("` | ").append(what).append(" |\n");
  }
}
