package dev.holdfast.host.cli;

import dev.holdfast.host.cli.RemoteHost.Reply;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.stores.sqlite.SqliteFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast clock} shows the hub's clock and the machine's clock, or confirms the machine's
 * clock.
 */
@Command(
    name = "clock",
    description = "Show the hub's time and the machine's, or say that the machine's is right.",
    footer =
        "A hub does not follow its machine's clock when that jumps. After --confirm it does: ahead"
            + " at once, and all timers fire that are due by then; back never, its dates stay"
            + " ahead. Where no host runs, --confirm holds for a start within the next hour.")
public final class ClockCommand implements Callable<Integer> {
  private static final String PATH = "/admin/host/clock";

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Option(names = "--confirm", description = "The machine's clock is right.")
  boolean confirm;

  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() {
    DataFolder folder = DataFolder.of(connection.data);
    if (confirm && connection.url == null && folder.hasHub() && !isServed(folder)) {
      leaveNote(folder);
      return 0;
    }
    RemoteHost host = connection.open();
    Reply reply = confirm ? host.post(PATH, Map.of(), null) : host.get(PATH);
    print(RemoteHost.succeeded("The host does not tell its clock.", reply));
    return 0;
  }

  /**
   * Returns whether a host has opened the hub of this folder. A host that was killed leaves its
   * note in the folder, but does not keep the hub open.
   */
  private static boolean isServed(DataFolder folder) {
    return folder.announced().isPresent() && SqliteFiles.isUsed(folder.path());
  }

  private void leaveNote(DataFolder folder) {
    try {
      folder.confirmClock();
    } catch (IOException e) {
      throw new CannotException(
          "Cannot leave a note in " + folder.path() + ".",
          e.toString(),
          "Run the command as the user who starts the host.");
    }
    spec.commandLine()
        .getOut()
        .println("The next start with " + folder.path() + " takes this machine's clock for right.");
  }

  private void print(Reply reply) {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, @Nullable Object> clock = reply.object();
    if (form.isJson()) {
      Output.json(out, clock);
      return;
    }
    out.println("The task hub's time:  " + Printable.line(reply.text(clock, "hub")));
    out.println("The machine's clock:  " + Printable.line(reply.text(clock, "machine")));
    Object alarm = clock.get("alarm");
    out.println(
        alarm == null ? "The machine's clock is followed." : Printable.line(String.valueOf(alarm)));
  }
}
