package dev.holdfast.host;

import dev.holdfast.host.cli.Subcommand;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Nearest;
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
    CommandLine line = arguments.length > 0 ? commandLine(arguments[0]) : commandLine();
    Optional<String> wrong =
        Illegible.first(arguments, System.getenv()).or(() -> Misspelt.first(System.getenv()));
    if (wrong.isPresent()) {
      line.getErr().println(line.getColorScheme().errorText(wrong.get()));
      System.exit(CannotException.USAGE);
    }
    System.exit(line.execute(arguments));
  }

  /** Returns the command line with all commands. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    Commands.NAMES.forEach(name -> line.addSubcommand(Commands.make(name)));
    for (Subcommand further : ServiceLoader.load(Subcommand.class)) {
      line.addSubcommand(further);
    }
    line.addSubcommand(new CommandLine.HelpCommand());
    return prepared(line);
  }

  /**
   * Returns the command line for one command. Only that command is made, because making all of them
   * takes about as long as a short command itself.
   *
   * @param first the first argument; when it names none of our commands, all commands are made
   */
  static CommandLine commandLine(String first) {
    if (!Commands.NAMES.contains(first)) {
      return commandLine();
    }
    CommandLine line = new CommandLine(new Main());
    line.addSubcommand(Commands.make(first));
    return prepared(line);
  }

  private static CommandLine prepared(CommandLine line) {
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
