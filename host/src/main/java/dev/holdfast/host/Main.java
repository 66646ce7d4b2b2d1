package dev.holdfast.host;

import dev.holdfast.host.cli.CheckCommand;
import dev.holdfast.host.cli.ClockCommand;
import dev.holdfast.host.cli.KeysCommand;
import dev.holdfast.host.cli.Logs;
import dev.holdfast.host.cli.Messages;
import dev.holdfast.host.cli.Questions;
import dev.holdfast.host.cli.StoreCommands;
import dev.holdfast.host.cli.Subcommand;
import dev.holdfast.host.cli.Versions;
import dev.holdfast.host.cli.Wait;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Nearest;
import dev.holdfast.host.project.NewCommand;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs the {@code holdfast} command. */
@Command(
    name = "holdfast",
    description = "Durable orchestrations in ordinary Java, on any machine.",
    subcommands = {
      NewCommand.class,
      CheckCommand.class,
      StartCommand.class,
      Questions.Why.class,
      Questions.Listing.class,
      Questions.Show.class,
      Logs.class,
      Versions.class,
      Messages.Run.class,
      Wait.class,
      Messages.Raise.class,
      Messages.Terminate.class,
      Messages.Suspend.class,
      Messages.Resume.class,
      Messages.Retry.class,
      Messages.Rewind.class,
      Messages.Restart.class,
      Messages.Purge.class,
      KeysCommand.class,
      ClockCommand.class,
      StoreCommands.Backup.class,
      StoreCommands.Restore.class,
      StoreCommands.Verify.class,
      VersionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 could not be done, 2 wrong usage, 3 not found, 4 refused,"
          + " 5 the instance failed, 6 not in time."
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    CommandLine line = commandLine();
    Optional<String> wrong =
        Illegible.first(arguments, System.getenv()).or(() -> Misspelt.first(System.getenv()));
    if (wrong.isPresent()) {
      line.getErr().println(line.getColorScheme().errorText(wrong.get()));
      System.exit(CannotException.USAGE);
    }
    System.exit(line.execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    for (Subcommand further : ServiceLoader.load(Subcommand.class)) {
      line.addSubcommand(further);
    }
    giveHelp(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false); // An argument @FILE names a payload and not a file of arguments.
    line.setExecutionExceptionHandler(Main::failed);
    line.setParameterExceptionHandler(Main::misused);
    return line;
  }

  /**
   * Gives every command, including commands of other modules, the options {@code --help} and {@code
   * --version}.
   */
  private static void giveHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (!spec.helpCommand()) {
      spec.mixinStandardHelpOptions(true);
      spec.versionProvider(() -> new String[] {VersionCommand.line()});
    }
    line.getSubcommands().values().forEach(Main::giveHelp);
  }

  private static int failed(Exception thrown, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    if (thrown instanceof CannotException cannot) {
      err.println(line.getColorScheme().errorText(Printable.text(cannot.lines())));
      return cannot.exitCode();
    }
    err.println("This should not happen; please report it with the following lines.");
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    err.print(Printable.text(trace.toString()));
    return CannotException.FAILED;
  }

  /**
   * Returns a question whether a known option, command or value was meant by the first unknown
   * word.
   */
  private static Optional<String> nearest(ParameterException thrown) {
    if (!(thrown instanceof UnmatchedArgumentException unmatched)) {
      return nearestValue(thrown);
    }
    String written = nameOf(unmatched.getUnmatched().get(0));
    if (written.matches("-\\w")) {
      return Optional
          .empty(); // A single letter is equally near to every other letter, so no suggestion is
      // made.
    }
    CommandSpec command = thrown.getCommandLine().getCommandSpec();
    return Nearest.question(
        written,
        written.startsWith("-")
            ? command.options().stream()
                .filter(it -> !it.hidden())
                .flatMap(it -> Stream.of(it.names()))
                .toList()
            : command.subcommands().keySet());
  }

  private static Optional<String> nearestValue(ParameterException thrown) {
    ArgSpec option = thrown.getArgSpec();
    if (option == null || thrown.getValue() == null) {
      return Optional.empty();
    }
    List<String> known =
        Stream.of(option.auxiliaryTypes())
            .filter(Class::isEnum)
            .flatMap(it -> Stream.of(it.getEnumConstants()))
            .map(String::valueOf)
            .toList();
    return Nearest.question(thrown.getValue(), known);
  }

  private static String nameOf(String argument) {
    return argument.startsWith("-") ? argument.replaceFirst("(?s)=.*", "") : argument;
  }

  /**
   * Describes the mistake in the command line. Of several unknown words it names only the options,
   * because the other words may be their values.
   */
  private static String mistake(ParameterException thrown) {
    if (thrown instanceof UnmatchedArgumentException unmatched) {
      List<String> options =
          unmatched.getUnmatched().stream()
              .filter(it -> it.startsWith("-") && it.length() > 1)
              .map(it -> "'" + nameOf(it) + "'")
              .toList();
      if (!options.isEmpty()) {
        return (options.size() == 1 ? "Unknown option: " : "Unknown options: ")
            + String.join(", ", options);
      }
    }
    return String.valueOf(thrown.getMessage());
  }

  private static int misused(ParameterException thrown, String[] arguments) {
    CommandLine line = thrown.getCommandLine();
    line.getErr().println(line.getColorScheme().errorText(Printable.text(mistake(thrown))));
    nearest(thrown).ifPresent(it -> line.getErr().println("  " + it));
    line.getErr()
        .println("  '" + line.getCommandSpec().qualifiedName() + " --help' says how it is used.");
    return CannotException.USAGE;
  }
}
