package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine;

class CommandNamesTest {
  static final java.util.List<String> NAMES = Commands.NAMES;

  /** These print no data: one serves, and one prints a script. */
  private static final Set<String> WITHOUT_DATA = Set.of("start", "completion");

  @ParameterizedTest
  @FieldSource("NAMES")
  void a_command_has_the_name_by_which_it_is_made(String name) {
    CommandLine alone = Main.commandLine(name);

    assertThat(alone.getSubcommands()).containsOnlyKeys(name);
    assertThat(alone.getSubcommands().get(name).getCommandName()).isEqualTo(name);
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void a_command_that_prints_data_prints_it_as_json_too(String name) {
    if (!WITHOUT_DATA.contains(name)) {
      assertThat(Main.commandLine(name).getSubcommands().get(name).getCommandSpec().optionsMap())
          .containsKeys("--output", "--json");
    }
  }

  @Test
  void what_is_no_command_is_answered_by_the_line_with_all_commands() {
    assertThat(Main.commandLine("help").getSubcommands()).containsKeys("list", "help", "new");
    assertThat(Main.commandLine("--help").getSubcommands()).containsKeys("list", "help");
    assertThatThrownBy(() -> Commands.make("lst")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_completion_script_knows_commands_and_their_options() {
    StringWriter out = new StringWriter();

    int exit = Main.commandLine("completion").setOut(new PrintWriter(out)).execute("completion");

    assertThat(exit).isZero();
    assertThat(out.toString()).contains("holdfast", "doctor", "--output", "complete -F");
  }
}
