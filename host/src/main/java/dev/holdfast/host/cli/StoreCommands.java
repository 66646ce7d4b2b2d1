package dev.holdfast.host.cli;

import dev.holdfast.core.StoreException;
import dev.holdfast.engine.Engine;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.stores.sqlite.SqliteFiles;
import dev.holdfast.stores.sqlite.SqliteFiles.KnownTime;
import dev.holdfast.stores.sqlite.SqliteFiles.Report;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Contains the commands for the file in which a hub is stored. */
public final class StoreCommands {
  private StoreCommands() {}

  /** Holds the common part of the commands for a store. */
  abstract static class OfStore implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin OutputForm form = new OutputForm();

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the host.")
    @Nullable Path data;

    final Path folder() {
      return DataFolder.of(data).path();
    }

    final PrintWriter out() {
      return spec.commandLine().getOut();
    }

    static Report done(String what, Supplier<Report> step) {
      try {
        return step.get();
      } catch (StoreException e) {
        throw new CannotException(what, String.valueOf(e.getMessage()), "");
      }
    }

    /** Prints a sentence about a file, or its figures as JSON. */
    final void tell(Path file, String sentence, Report report) {
      if (!form.isJson()) {
        out().println(sentence);
        return;
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("file", file.toString());
      json.put("sound", report.sound());
      json.put("instances", report.executions());
      json.put("historyEvents", report.events());
      json.put("unreadMessages", report.messages());
      json.put("timers", report.timers());
      json.put("findings", report.findings());
      form.print(out(), json);
    }

    static String counts(Report report) {
      return report.executions()
          + " instances, "
          + report.events()
          + " history events, "
          + report.messages()
          + " unread messages, "
          + report.timers()
          + " timers";
    }
  }

  /** {@code holdfast backup TO} copies a hub to a file. */
  @Command(
      name = "backup",
      description = "Write a copy of the hub to a new file; the host may run meanwhile.")
  public static final class Backup extends OfStore {
    @Parameters(paramLabel = "TO", description = "A file that is not there yet.")
    Path to = Path.of("");

    @Override
    public Integer call() {
      Report report =
          done("Cannot back up " + folder() + ".", () -> SqliteFiles.backup(folder(), to));
      Path wrote = to.toAbsolutePath();
      tell(wrote, "Wrote " + wrote + ": " + counts(report) + ".", report);
      return 0;
    }
  }

  /** {@code holdfast restore FROM} puts a backup into a data folder as its hub. */
  @Command(
      name = "restore",
      description = "Make a backup the hub of a data folder; no host may use the folder.")
  public static final class Restore extends OfStore {
    @Parameters(paramLabel = "FROM", description = "What 'holdfast backup' has written.")
    Path from = Path.of("");

    @Option(
        names = "--force",
        description = "Replace the hub that is there; its files stay beside it, renamed.")
    boolean force;

    @Override
    public Integer call() {
      Report report =
          done(
              "Cannot restore " + from + " to " + folder() + ".",
              () -> SqliteFiles.restore(from, folder(), force));
      tell(folder(), "Restored " + folder() + ": " + counts(report) + ".", report);
      return 0;
    }
  }

  /** {@code holdfast verify [FILE]} checks a hub or a backup. */
  @Command(
      name = "verify",
      description =
          "Look at every page and row of the hub, which may be in use, or of a backup. Looking"
              + " changes nothing.",
      footer =
          "A clock that keeps a host from starting with the data folder is told too. That is no"
              + " damage: the hub is still called sound, and the command succeeds.")
  public static final class Verify extends OfStore {
    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "What 'holdfast backup' has written; without it the hub of the data folder.")
    @Nullable Path file;

    @Override
    public Integer call() {
      Path what = file == null ? folder() : file.toAbsolutePath().normalize();
      Report report = done("Cannot verify " + what + ".", () -> SqliteFiles.verify(what));
      if (report.sound()) {
        tell(what, what + " is sound: " + counts(report) + ".", report);
        if (file == null) {
          tellClock(what);
        }
        return 0;
      }
      if (form.isJson()) {
        tell(what, "", report);
        return CannotException.FAILED;
      }
      PrintWriter err = spec.commandLine().getErr();
      err.println(what + " is damaged:");
      report.findings().forEach(it -> err.println("  " + Printable.line(it)));
      if (report.executions() > 0) {
        err.println("  What can be read: " + counts(report) + ".");
      }
      if (file == null) {
        err.println("  Restore a backup: holdfast restore FROM --force");
      }
      return CannotException.FAILED;
    }

    /**
     * Reports whether a start would be refused because either the machine's clock or the hub's time
     * is wrong.
     */
    private void tellClock(Path folder) {
      KnownTime known;
      try {
        known = SqliteFiles.knownTime(folder, Engine.HUB, Engine.AHEAD_BY_RIGHT);
      } catch (StoreException e) {
        throw new CannotException(
            "Cannot tell whether a clock is wrong.", String.valueOf(e.getMessage()), "");
      }
      String problem = Engine.clockProblem(Instant.now(), known.clock(), known.record());
      if (problem != null) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("One of two clocks is wrong: " + problem);
        err.println(
            "  Set this machine's clock right; or, if it is right, say so with"
                + " 'holdfast clock --confirm --data "
                + folder
                + "'. Until then no host starts with this folder.");
      }
    }
  }
}
