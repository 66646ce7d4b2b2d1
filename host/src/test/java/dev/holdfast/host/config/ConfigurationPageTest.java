package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.Patience;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages describe every limit that there is, and no setting that there is not. */
class ConfigurationPageTest {
  private static final Path HOME = Path.of("..");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[^|]+) \\| ([^|]+) \\|");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final Pattern VALUE =
      Pattern.compile(
          "-?\\d+\\w*|true|false|raw|api|Storage|NonRunningStates|CurrentOrOlder|Reject");
  private static final Pattern VARIABLE =
      Pattern.compile("(AzureFunctionsJobHost__[A-Za-z0-9_]+)=([^\\s`]+)");

  private static final Pattern HOST_JSON = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL);

  /** Components that only hold several keys together; those keys are looked for themselves. */
  private static final Set<Class<?>> GROUPS =
      Set.of(dev.holdfast.core.Limits.class, Patience.class);

  /** These are read only to say that they have no effect, or are another name of a setting. */
  private static final Set<String> WITHOUT_ROW =
      Set.of(
          "extensions.durableTask.extendedSessionsEnabled",
          "extensions.durableTask.storageProvider.connectionStringName",
          "extensions.durableTask.storageProvider.type",
          "extensions.http.maxConcurrentRequests",
          "version");

  @TempDir Path folder;

  @Test
  void every_limit_is_on_the_page_about_configuration() throws IOException {
    String page = Files.readString(HOME.resolve("docs/configuration.md"));
    List<String> names =
        Stream.of(HostLimits.class, dev.holdfast.core.Limits.class, Patience.class)
            .flatMap(it -> Arrays.stream(it.getRecordComponents()))
            .filter(it -> !GROUPS.contains(it.getType()))
            .map(RecordComponent::getName)
            .toList();

    assertThat(names).hasSizeGreaterThan(15).contains("drainFor", "payloadMax");
    assertThat(names).allSatisfy(name -> assertThat(page).contains("`" + name));
  }

  @Test
  void every_setting_that_is_read_has_its_row() throws IOException {
    Path page = HOME.resolve("docs/configuration.md");
    Set<String> described = new TreeSet<>();
    for (String section : List.of("extensions.holdfast", "extensions.durableTask")) {
      table(page, "## `" + section + "`").keySet().forEach(it -> described.add(section + "." + it));
    }
    described.addAll(table(page, "## Other sections").keySet());

    assertThat(HostConfig.keys())
        .contains("extensions.holdfast.workers.pingEvery", "functionTimeout")
        .filteredOn(key -> !WITHOUT_ROW.contains(key))
        .allSatisfy(
            key ->
                assertThat(described)
                    .as("the row of %s in docs/configuration.md", key)
                    .anyMatch(row -> row.equalsIgnoreCase(key) || row.startsWith(key + ".<")));
  }

  @ParameterizedTest
  @CsvSource({
    "extensions.holdfast, storeSizeMax",
    "extensions.durableTask, httpSettings.useForwardedHost"
  })
  void what_the_page_says_of_a_section_is_so(String section, String example) throws IOException {
    Map<String, String> rows = table(HOME.resolve("docs/configuration.md"), "## `" + section + "`");

    assertThat(rows).hasSizeGreaterThan(5).containsKey(example);
    assertAreDefaults(section + ".", rows);
  }

  @Test
  void what_the_page_says_of_the_other_keys_is_so() throws IOException {
    Map<String, String> rows = table(HOME.resolve("docs/configuration.md"), "## Other sections");

    assertThat(rows).containsKey("extensions.http.routePrefix");
    assertAreDefaults("", rows);
  }

  @Test
  void overrides_on_pages_name_a_key_that_is_there() throws IOException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Path page : pages()) {
      VARIABLE
          .matcher(Files.readString(page))
          .results()
          .forEach(it -> variables.put(it.group(1), it.group(2)));
    }

    assertThat(variables).isNotEmpty();
    assertThat(HostConfig.read(folder, variables, 2).unknown()).isEmpty();
    assertThat(HostConfig.read(folder, variables, 2)).isNotEqualTo(read());
  }

  @Test
  void every_host_json_on_a_page_has_only_keys_that_mean_something() throws IOException {
    int tried = 0;
    for (Path page : pages()) {
      for (MatchResult block : HOST_JSON.matcher(Files.readString(page)).results().toList()) {
        Files.writeString(folder.resolve("host.json"), block.group(1));
        assertThat(read().unknown()).as("%s: %s", page, block.group(1)).isEmpty();
        tried++;
      }
    }

    assertThat(tried).isGreaterThan(2);
  }

  @Test
  void the_file_beside_the_launcher_has_only_keys_that_mean_something() {
    assertThat(HostConfig.read(HOME, Map.of(), 2).unknown()).isEmpty();
  }

  /** The pages for users. */
  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(HOME.resolve("docs"))) {
      return Stream.concat(Stream.of(HOME.resolve("README.md")), docs)
          .filter(it -> it.toString().endsWith(".md"))
          .toList();
    }
  }

  /**
   * The rows of the table after this text by their key: what stands as the default, empty when that
   * is no value but words.
   */
  private static Map<String, String> table(Path page, String before) throws IOException {
    String text = Files.readString(page);
    int from = text.indexOf("\n" + before);
    assertThat(from).as("%s in %s", before, page).isPositive();
    int to = text.indexOf("\n#", from + before.length());
    Map<String, String> rows = new LinkedHashMap<>();
    Matcher row = ROW.matcher(text.substring(from, to < 0 ? text.length() : to));
    while (row.find()) {
      String value = row.group(2).replace("`", "").strip();
      String section = "";
      for (MatchResult name : NAME.matcher(row.group(1)).results().toList()) {
        String key = name.group(1).startsWith(".") ? section + name.group(1) : name.group(1);
        section = key.replaceFirst("\\.?[^.]*$", "");
        rows.put(key, VALUE.matcher(value).matches() ? value : "");
      }
    }
    return rows;
  }

  /** Each key means something, and setting it to what is said to be its default changes nothing. */
  private void assertAreDefaults(String prefix, Map<String, String> rows) throws IOException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(Map.of("version", "2.0"));
    rows.forEach((key, value) -> put(tree, prefix + key, value.isEmpty() ? null : value));
    Files.writeString(folder.resolve("host.json"), PlainJson.write(tree));
    HostConfig said = HostConfig.read(folder, Map.of(), 2);
    Files.delete(folder.resolve("host.json"));

    assertThat(said.unknown()).isEmpty();
    assertThat(said.limits()).isEqualTo(read().limits());
    assertThat(said.durable()).isEqualTo(read().durable());
    assertThat(said.functionTimeout()).isEqualTo(read().functionTimeout());
    assertThat(said.http()).isEqualTo(read().http());
  }

  @SuppressWarnings("unchecked") // The tree is made of such maps only.
  private static void put(Map<String, @Nullable Object> tree, String path, @Nullable Object value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      tree.put(path, value);
      return;
    }
    Object inner = tree.computeIfAbsent(path.substring(0, dot), it -> new LinkedHashMap<>());
    put((Map<String, @Nullable Object>) inner, path.substring(dot + 1), value);
  }

  private HostConfig read() {
    return HostConfig.read(folder, Map.of(), 2);
  }
}
