package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import dev.holdfast.host.SourceTree.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What no file of the project may hold, in modules that the class path of {@link ArchitectureTest}
 * lacks as well.
 *
 * <p>The patterns are written so that none matches its own line.
 */
class SourceHygieneTest {

  private static final int LINES_MAX = 700;
  private static final int FRONT_PAGE_LINES_MAX = 200;

  /** Users' programs that tests run: some of their activities take their time. */
  private static final String SLOW_ON_PURPOSE = "/src/test/apps/";

  private static List<Page> pages = List.of();

  @BeforeAll
  static void read() throws IOException {
    pages = SourceTree.pages();
    assertThat(pages).extracting(Page::path).contains("pom.xml", "core/pom.xml");
  }

  @Test
  void no_java_file_is_longer_than_700_lines() {
    assertThat(pages)
        .filteredOn(page -> page.path().endsWith(".java") && page.lines().size() > LINES_MAX)
        .extracting(page -> page.path() + " has " + page.lines().size() + " lines")
        .as("a file this long has more than one reason to change: split it")
        .isEmpty();
  }

  @Test
  void readme_stays_a_front_page() {
    assertThat(pages)
        .filteredOn(page -> page.path().equals("README.md"))
        .singleElement()
        .extracting(page -> page.lines().size(), INTEGER)
        .as("what is longer belongs to a page of docs")
        .isLessThanOrEqualTo(FRONT_PAGE_LINES_MAX);
  }

  @Test
  void nothing_is_left_to_do_in_the_code() {
    assertThat(linesWith("\\b(TO[D]O|FIX[M]E)\\b", path -> !path.endsWith(".md")))
        .as("do it, or open an issue and name it where a reader needs to know")
        .isEmpty();
  }

  @Test
  void no_path_of_one_machine() {
    assertThat(
            linesWith(
                "(?<![\\w.*$}])/(work|root|home/(?!site/)\\w+|Users/\\w+)/|\\b[A-Z]:[\\\\]Users",
                path -> true))
        .as("paths are relative, configured or made by the test")
        .isEmpty();
  }

  @Test
  void no_package_registry_is_named_by_host() {
    assertThat(
            linesWith(
                "https?://(?!maven\\.apache\\.org/)[\\w.-]*"
                    + "(maven|sonatype|npm|pypi|nuget|crates|docker|ghcr|quay|jitpack|gradle)\\w*\\."
                    + "|\\b(repo|repo1|registry|index|packages|plugins)\\.[\\w-]+\\.(org|io|com|net)\\b",
                path -> true))
        .as("where packages come from is a setting of the machine, not of the project")
        .isEmpty();
  }

  @Test
  void no_test_sleeps_or_is_switched_off() {
    assertThat(
            linesWith(
                "\\b(Thread|SECONDS|MILLISECONDS)[.]sleep\\(|@Disa[b]led\\b"
                    + "|new (CountDownLatch|Semaphore)\\(\\d+\\)[.](await|tryAcquire)\\([^)]",
                path -> path.endsWith(".java") && !path.contains(SLOW_ON_PURPOSE)))
        .as(
            "wait for a condition or move the virtual clock; mend or delete a test that does not"
                + " hold")
        .isEmpty();
  }

  /** Settings and readers of the log know categories, and not the classes that speak. */
  @Test
  void what_the_host_says_has_a_category_of_the_host() {
    assertThat(
            linesWith(
                "getLogger\\(\\s*\\w+[.]class",
                path ->
                    path.matches(
                        "(core|engine|stores|functions|server|host|protocol)/src/main/.*")))
        .as("name it 'Host.…': docs/configuration.md, The log")
        .isEmpty();
  }

  @Test
  void what_users_copy_uses_only_what_users_see() {
    assertThat(
            linesWith(
                "^import (static )?dev[.]holdfast[.](?!orchestrations|activities|samples|protocol)",
                path -> path.matches("(orchestrations|activities|samples)/src/main/.*")))
        .as("these run unchanged on any host: no room of ours may be needed")
        .isEmpty();
    // The contract is no room, but only entities need more of it than the released library has.
    assertThat(
            linesWith(
                "^import (static )?dev[.]holdfast[.]protocol",
                path ->
                    path.matches("(orchestrations|activities|samples)/src/main/.*")
                        && !path.contains("/orchestrations/entities/")))
        .as("docs/decisions/0014-entities-for-released-libraries.md")
        .isEmpty();
  }

  /** The imports say it for modules that {@link ArchitectureTest} cannot see. */
  @Test
  void packages_of_no_module_import_each_other_in_a_circle() {
    Pattern use = Pattern.compile("^import (?:static )?(dev[.]holdfast(?:[.][a-z0-9_]+)+)[.][A-Z]");
    Map<String, Set<String>> uses = new TreeMap<>();
    for (Page page : pages) {
      Matcher file = Pattern.compile(".*src/main/java/(.*)/\\w+[.]java").matcher(page.path());
      if (file.matches()) {
        String own = file.group(1).replace('/', '.');
        Set<String> used = uses.computeIfAbsent(own, it -> new TreeSet<>());
        page.lines().stream()
            .map(use::matcher)
            .filter(Matcher::find)
            .map(it -> it.group(1))
            .filter(it -> !it.equals(own))
            .forEach(used::add);
      }
    }
    assertThat(uses).containsKeys("dev.holdfast.core", "dev.holdfast.samples");

    // A package that uses none of those left over is in no circle, so it goes; what stays is in one
    // or above one.
    while (uses.keySet().removeIf(it -> Collections.disjoint(uses.get(it), uses.keySet()))) {
      uses.values().forEach(used -> used.retainAll(uses.keySet()));
    }

    assertThat(uses).as("packages in or above a circle, with what they use").isEmpty();
  }

  /** A command that runs no test is green too, and proves nothing. */
  @Test
  void the_test_commands_of_pages_name_modules_that_have_tests() throws IOException {
    Pattern module = Pattern.compile("-pl ([\\w,]+) -am test\\b(?:.*? -Dtest=(\\w+))?");
    List<String> found = new ArrayList<>();
    for (Page page : pages) {
      for (String line : page.path().endsWith(".md") ? page.lines() : List.<String>of()) {
        Matcher command = module.matcher(line);
        while (command.find()) {
          found.add(command.group());
          Path tests = SourceTree.root().resolve(command.group(1)).resolve("src/test/java");
          String name = command.group(2) == null ? ".*Test" : command.group(2);
          assertThat(Files.isDirectory(tests)).as("%s has tests: %s", tests, line).isTrue();
          try (Stream<Path> files = Files.walk(tests)) {
            assertThat(files.map(it -> it.getFileName().toString()))
                .as(line)
                .anyMatch(it -> it.matches(name + "\\.java"));
          }
        }
      }
    }
    assertThat(found).hasSizeGreaterThan(2);
  }

  @Test
  void links_between_pages_lead_to_a_page_and_a_heading() throws IOException {
    Pattern link = Pattern.compile("\\]\\((?!\\w+:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");
    List<String> dead = new ArrayList<>();
    for (Page page : pages) {
      if (page.path().endsWith(".md")) {
        Path here = SourceTree.root().resolve(page.path());
        Matcher found = link.matcher(String.join("\n", page.lines()));
        while (found.find()) {
          Path target =
              found.group(1).isEmpty() ? here : here.resolveSibling("").resolve(found.group(1));
          String heading = found.group(2);
          if (!Files.exists(target) || (heading != null && !anchors(target).contains(heading))) {
            dead.add(page.path() + " -> " + found.group());
          }
        }
      }
    }

    assertThat(dead).isEmpty();
  }

  /** The names that GitHub gives to the headings of a page, so that links can lead to them. */
  private static List<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static List<String> linesWith(String regex, Predicate<String> path) {
    Pattern pattern = Pattern.compile(regex);
    List<String> found = new ArrayList<>();
    for (Page page : pages) {
      if (path.test(page.path())) {
        for (int line = 0; line < page.lines().size(); line++) {
          if (pattern.matcher(page.lines().get(line)).find()) {
            found.add(page.path() + ":" + (line + 1) + ": " + page.lines().get(line).strip());
          }
        }
      }
    }
    return found;
  }
}
