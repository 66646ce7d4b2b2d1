package dev.holdfast.host;

import dev.holdfast.host.cli.CheckCommand;
import dev.holdfast.host.cli.ClockCommand;
import dev.holdfast.host.cli.InstanceCommands;
import dev.holdfast.host.cli.KeysCommand;
import dev.holdfast.host.cli.Logs;
import dev.holdfast.host.cli.Questions;
import dev.holdfast.host.cli.StoreCommands;
import dev.holdfast.host.cli.Versions;
import dev.holdfast.host.cli.Wait;
import dev.holdfast.host.doctor.DoctorCommand;
import dev.holdfast.host.project.NewCommand;
import java.util.List;

/**
 * Lists the commands of the host. A command is made by its name, so that the others need not be.
 */
final class Commands {
  /** These are the names in the order in which help shows them. */
  static final List<String> NAMES =
      List.of(
          "new",
          "check",
          "start",
          "why",
          "list",
          "show",
          "logs",
          "versions",
          "run",
          "wait",
          "raise",
          "terminate",
          "suspend",
          "resume",
          "retry",
          "rewind",
          "restart",
          "purge",
          "keys",
          "clock",
          "backup",
          "restore",
          "verify",
          "doctor",
          "completion",
          "version");

  private Commands() {}

  /**
   * Makes the command with one of the {@link #NAMES}.
   *
   * @throws IllegalArgumentException there is no such command
   */
  static Object make(String name) {
    return switch (name) {
      case "new" -> new NewCommand();
      case "check" -> new CheckCommand();
      case "start" -> new StartCommand();
      case "why" -> new Questions.Why();
      case "list" -> new Questions.Listing();
      case "show" -> new Questions.Show();
      case "logs" -> new Logs();
      case "versions" -> new Versions();
      case "run" -> new InstanceCommands.Run();
      case "wait" -> new Wait();
      case "raise" -> new InstanceCommands.Raise();
      case "terminate" -> new InstanceCommands.Terminate();
      case "suspend" -> new InstanceCommands.Suspend();
      case "resume" -> new InstanceCommands.Resume();
      case "retry" -> new InstanceCommands.Retry();
      case "rewind" -> new InstanceCommands.Rewind();
      case "restart" -> new InstanceCommands.Restart();
      case "purge" -> new InstanceCommands.Purge();
      case "keys" -> new KeysCommand();
      case "clock" -> new ClockCommand();
      case "backup" -> new StoreCommands.Backup();
      case "restore" -> new StoreCommands.Restore();
      case "verify" -> new StoreCommands.Verify();
      case "doctor" -> new DoctorCommand();
      case "completion" -> new CompletionCommand();
      case "version" -> new VersionCommand();
      default -> throw new IllegalArgumentException("There is no command " + name);
    };
  }
}
