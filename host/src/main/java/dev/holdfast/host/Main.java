package dev.holdfast.host;

import dev.holdfast.host.cli.KeysCommand;
import dev.holdfast.host.cli.Messages;
import dev.holdfast.host.cli.Printable;
import dev.holdfast.host.cli.Questions;
import dev.holdfast.host.cli.StoreCommands;
import dev.holdfast.host.cli.Subcommand;
import dev.holdfast.host.cli.Versions;
import dev.holdfast.host.cli.Wait;
import dev.holdfast.host.config.CannotException;
import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code holdfast} command. */
@Command(
    name = "holdfast",
    description = "Durable orchestrations in ordinary Java, on any machine.",
    subcommands = {
      StartCommand.class,
      Questions.Why.class,
      Questions.Listing.class,
      Questions.Show.class,
      Versions.class,
      Messages.Run.class,
      Wait.class,
      Messages.Raise.class,
      Messages.Terminate.class,
      Messages.Suspend.class,
      Messages.Resume.class,
      Messages.Rewind.class,
      Messages.Restart.class,
      Messages.Purge.class,
      KeysCommand.class,
      StoreCommands.Backup.class,
      StoreCommands.Restore.class,
      StoreCommands.Verify.class,
      VersionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 could not be done, 2 wrong usage, 3 not found, 4 refused,",
      "5 the instance failed, 6 not in time."
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
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    for (Subcommand further : ServiceLoader.load(Subcommand.class)) {
      line.addSubcommand(further);
    }
    giveHelp(line);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false); // A payload may be @file; its content is no further arguments.
    line.setExecutionExceptionHandler(Main::failed);
    line.setParameterExceptionHandler(Main::misused);
    return line;
  }

  /** {@code --help} and {@code --version} for every command, wherever it comes from. */
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
    thrown.printStackTrace(err);
    return CannotException.FAILED;
  }

  private static int misused(ParameterException thrown, String[] arguments) {
    CommandLine line = thrown.getCommandLine();
    line.getErr()
        .println(
            line.getColorScheme().errorText(Printable.text(String.valueOf(thrown.getMessage()))));
    CommandLine.UnmatchedArgumentException.printSuggestions(thrown, line.getErr());
    line.getErr()
        .println("  '" + line.getCommandSpec().qualifiedName() + " --help' says how it is used.");
    return CannotException.USAGE;
  }
}
