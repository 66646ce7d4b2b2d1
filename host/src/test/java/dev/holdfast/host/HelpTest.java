package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What somebody meets who does not know the commands yet. */
class HelpTest {
  private record Ran(int exitCode, String out, String err) {}

  private static Ran run(List<String> arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return new Ran(line.execute(arguments.toArray(String[]::new)), out.toString(), err.toString());
  }

  static Stream<List<String>> commands() {
    List<List<String>> found = new ArrayList<>();
    collect(Main.commandLine(), List.of(), found);
    return found.stream();
  }

  private static void collect(CommandLine line, List<String> path, List<List<String>> found) {
    found.add(path);
    line.getSubcommands().forEach((name, sub) -> collect(sub, and(path, name), found));
  }

  private static List<String> and(List<String> path, String word) {
    List<String> longer = new ArrayList<>(path);
    longer.add(word);
    return longer;
  }

  @Test
  void a_command_that_another_jar_brings_is_among_them() {
    assertThat(commands())
        .contains(List.of("start"), List.of("keys", "rotate"), List.of("from-another-jar"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_explains_itself(List<String> command) {
    for (String help : List.of("--help", "-h")) {
      Ran ran = run(and(command, help));

      assertThat(ran.exitCode()).isZero();
      assertThat(ran.out())
          .contains(("Usage: holdfast " + String.join(" ", command)).strip())
          .contains("--help");
      assertThat(ran.err()).isEmpty();
    }
  }

  /** The command help only explains the others. */
  static Stream<List<String>> commandsButHelp() {
    return commands().filter(it -> !it.equals(List.of("help")));
  }

  @ParameterizedTest
  @MethodSource("commandsButHelp")
  void every_command_tells_its_version(List<String> command) {
    Ran ran = run(and(command, "--version"));

    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out().strip()).isEqualTo(VersionCommand.line()).startsWith("holdfast ");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void help_lists_every_command() {
    String help = run(List.of("--help")).out();

    assertThat(Main.commandLine().getSubcommands().keySet())
        .hasSizeGreaterThan(15)
        .allSatisfy(name -> assertThat(help).containsPattern("(?m)^  " + name + " +\\S"));
    assertThat(run(List.of()).out()).isEqualTo(help);
    assertThat(run(List.of("help", "keys")).out()).isEqualTo(run(List.of("keys", "-h")).out());
  }

  /** Lines broken by hand are broken once more at the edge of the terminal. */
  @ParameterizedTest
  @MethodSource("commands")
  void the_text_of_an_option_is_one_that_picocli_wraps(List<String> command) {
    CommandLine line = Main.commandLine();
    for (String word : command) {
      line = line.getSubcommands().get(word);
    }
    assertThat(line.getCommandSpec().options())
        .allSatisfy(it -> assertThat(it.description()).as(it.longestName()).hasSizeLessThan(2));
  }

  /** The same of what stands above and below the options: each element is whole sentences. */
  @ParameterizedTest
  @MethodSource("commands")
  void the_text_around_the_options_is_one_that_picocli_wraps(List<String> command) {
    CommandLine line = Main.commandLine();
    for (String word : command) {
      line = line.getSubcommands().get(word);
    }
    CommandLine.Model.UsageMessageSpec usage = line.getCommandSpec().usageMessage();

    assertThat(Stream.of(usage.description(), usage.footer()).flatMap(Stream::of))
        .filteredOn(it -> !it.matches("|(?s).*[.:]"))
        .as("an element that goes on in the next one")
        .allSatisfy(it -> assertThat(it).hasSizeLessThanOrEqualTo(usage.width()));
  }

  @ParameterizedTest
  @CsvSource({
    "list --satus Running, Unknown option: '--satus'",
    "list --satus=Running --to 5, Unknown options: '--satus'",
    "start --prot 1 --data x, Unknown option: '--prot'",
    "keys list --dta x, Unknown option: '--dta'",
    "show a --key k --histry x y, Unknown option: '--histry'"
  })
  void the_value_of_an_option_that_does_not_exist_is_no_second_mistake(String words, String told) {
    assertThat(run(List.of(words.split(" "))).err().lines().findFirst().orElseThrow())
        .startsWith(told)
        .doesNotContain("'Running'", "'5'", "'1'", "'x'");
  }

  @Test
  void one_letter_is_near_to_no_other() {
    assertThat(run(List.of("list", "-x")).err())
        .contains("Unknown option: '-x'")
        .doesNotContain("Did you mean");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "strat, 'strat', Did you mean 'start'?",
        "lst, 'lst', Did you mean 'list'?",
        "keys lsit, 'lsit', Did you mean 'list'?",
        "list --statsu Failed, --statsu, Did you mean '--status'?",
        "list --status Runing, 'Runing', Did you mean 'Running'?",
        "`list --status Failed,Pendng`, 'Pendng', Did you mean 'Pending'?",
        "start --date=/x, --date, Did you mean '--data'?",
        "start --data-dir /x, --data-dir, holdfast start --help",
        "start app --ports 1, --ports, Did you mean '--port'?",
        "why, Missing required parameter: 'ID', holdfast why --help",
        "keys rotete host, 'rotete', holdfast keys --help",
        "wait a b, 'b', holdfast wait --help",
        "start --port x, 'x' is not an int, holdfast start --help"
      })
  void a_mistake_is_named_on_the_error_stream(String words, String mistake, String cure) {
    Ran ran = run(List.of(words.split(" ")));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains(mistake, cure).contains("--help' says how it is used.");
  }

  @Test
  void a_word_that_is_near_none_is_no_question() {
    assertThat(run(List.of("xyzzyx")).err()).contains("xyzzyx").doesNotContain("Did you mean");
  }

  /** A port that is none ends the command before anything runs. */
  @Test
  void options_of_func_start_are_let_through_and_those_that_are_missed_are_told() {
    Ran ran =
        run(
            List.of(
                "start", "--no-build", "--java", "--runtime", "x", "--useHttps", "-p", "70000"));

    assertThat(ran.err())
        .contains("'--useHttps' of 'func start' has no effect here.", "70000 is no port.")
        .doesNotContain("--no-build", "--runtime", "Unknown");
  }
}
