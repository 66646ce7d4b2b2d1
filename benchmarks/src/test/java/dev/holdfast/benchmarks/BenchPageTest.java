package dev.holdfast.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.holdfast.benchmarks.engine.EngineBenchCommand;
import dev.holdfast.host.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line understands each bench command on the page about benchmarks. */
class BenchPageTest {
  private static final Path PAGE = Path.of("README.md");
  private static final Pattern COMMAND =
      Pattern.compile("\\./holdfast (bench|bench-engine)((?: [^\\s`#]+)*)");

  @Test
  void each_command_on_the_page_is_understood() throws IOException {
    List<String> found = new ArrayList<>();
    Matcher command = COMMAND.matcher(Files.readString(PAGE));
    while (command.find()) {
      Subcommand bench =
          command.group(1).equals("bench") ? new BenchCommand() : new EngineBenchCommand();
      String options = command.group(2).strip();
      assertThatCode(
              () ->
                  new CommandLine(bench)
                      .setCaseInsensitiveEnumValuesAllowed(true)
                      .parseArgs(options.isEmpty() ? new String[0] : options.split(" ", -1)))
          .as(command.group())
          .doesNotThrowAnyException();
      found.add(command.group());
    }

    assertThat(found).hasSizeGreaterThan(10);
  }
}
