package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.holdfast.host.SourceTree.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Each holdfast command that people may copy from a page is there, and so are its options. */
class PageCommandsTest {

  private static final String REFERENCE = "docs/commands.md";

  /** Words up to a comment, a redirection or the end of the quoted text. */
  private static final Pattern COMMAND =
      Pattern.compile("\\./holdfast((?: (?:'[^']*'|[^\\s`'#&>]+))+)");

  private static final Pattern MAVEN = Pattern.compile("\\bmvn( [^`\\n|]*)");
  private static final Pattern MODULES = Pattern.compile(" -pl ([\\w,]+)");
  private static final Pattern PROFILE = Pattern.compile(" -P(\\w+)");

  private static final Pattern WORD = Pattern.compile("'([^']*)'|[^\\s\\[\\]]+");
  private static final Pattern OPTION = Pattern.compile("`(--[\\w-]+)");

  /** These are not on the class path here; the tests of benchmarks read them. */
  private static final Set<String> ELSEWHERE = Set.of("bench", "bench-engine");

  private static List<Page> pages = List.of();

  @BeforeAll
  static void read() throws IOException {
    pages = SourceTree.pages().stream().filter(page -> page.path().endsWith(".md")).toList();
  }

  @Test
  void each_command_on_a_page_is_understood() {
    List<String> found = new ArrayList<>();
    for (Page page : pages) {
      Matcher command = COMMAND.matcher(String.join("\n", page.lines()));
      while (command.find()) {
        String[] words = words(command.group(1));
        if (!ELSEWHERE.contains(words[0])) {
          assertThatCode(() -> understand(words))
              .as("%s: %s", page.path(), command.group())
              .doesNotThrowAnyException();
          found.add(page.path());
        }
      }
    }

    assertThat(found).hasSizeGreaterThan(60).contains("README.md", "docs/operating.md");
  }

  @Test
  void each_maven_command_on_a_page_names_modules_and_profiles_that_are_there() throws IOException {
    String poms = "";
    for (Page page : SourceTree.pages()) {
      poms += page.path().endsWith("pom.xml") ? String.join("\n", page.lines()) : "";
    }
    List<String> found = new ArrayList<>();
    for (Page page : pages) {
      Matcher maven = MAVEN.matcher(String.join("\n", page.lines()));
      while (maven.find()) {
        for (MatchResult modules : MODULES.matcher(maven.group(1)).results().toList()) {
          for (String module : modules.group(1).split(",", -1)) {
            assertThat(SourceTree.root().resolve(module).resolve("pom.xml"))
                .as("%s: %s", page.path(), maven.group())
                .isRegularFile();
          }
        }
        for (MatchResult profile : PROFILE.matcher(maven.group(1)).results().toList()) {
          assertThat(poms)
              .as("%s: %s", page.path(), maven.group())
              .contains("<id>" + profile.group(1) + "</id>");
        }
        found.add(page.path());
      }
    }

    assertThat(found).contains("README.md", "docs/first-app.md", "docs/writing-apps.md");
  }

  @Test
  void the_reference_names_every_command_and_only_options_that_are_there() {
    CommandLine line = Main.commandLine();
    List<String> named = new ArrayList<>();
    for (String row : rows("| `./holdfast ")) {
      String name = words(row.substring("| `./holdfast ".length()).replaceFirst("`.*", ""))[0];
      named.add(name);
      if (!ELSEWHERE.contains(name)) {
        assertThat(options(line.getSubcommands().get(name).getCommandSpec()))
            .as(row)
            .containsAll(optionsIn(row));
      }
    }

    List<String> commands = new ArrayList<>(line.getSubcommands().keySet());
    commands.removeAll(List.of("help", "from-another-jar"));
    assertThat(named).containsAll(commands);
  }

  @Test
  void the_reference_names_only_options_that_start_has() {
    CommandSpec start = Main.commandLine().getSubcommands().get("start").getCommandSpec();
    List<String> named = rows("| `--").stream().flatMap(row -> optionsIn(row).stream()).toList();

    assertThat(named).contains("--port", "--connect");
    assertThat(options(start)).containsAll(named);
  }

  /** A sentence may name a command by a single word, without what the command needs. */
  private static void understand(String[] words) {
    CommandLine line = Main.commandLine();
    if (words.length > 1 || !line.getSubcommands().containsKey(words[0])) {
      line.parseArgs(words);
    }
  }

  private static List<String> rows(String start) {
    return pages.stream()
        .filter(page -> page.path().equals(REFERENCE))
        .flatMap(page -> page.lines().stream())
        .filter(row -> row.startsWith(start))
        .toList();
  }

  private static String[] words(String text) {
    return WORD.matcher(text)
        .results()
        .map(word -> word.group(1) == null ? word.group() : word.group(1))
        .map(word -> word.equals("COMMAND") ? "list" : word)
        .toArray(String[]::new);
  }

  private static List<String> optionsIn(String row) {
    return OPTION.matcher(row).results().map((MatchResult it) -> it.group(1)).toList();
  }

  private static List<String> options(CommandSpec command) {
    return List.copyOf(command.optionsMap().keySet());
  }
}
