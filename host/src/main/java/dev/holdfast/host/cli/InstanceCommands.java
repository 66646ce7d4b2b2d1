package dev.holdfast.host.cli;

import dev.holdfast.host.cli.RemoteHost.Reply;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import dev.holdfast.host.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Contains the commands that start an instance or change one. */
public final class InstanceCommands {
  private InstanceCommands() {}

  /** Holds the common part of the commands for one instance. */
  abstract static class OfInstance implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();
    @Mixin OutputForm form = new OutputForm();

    @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
    String id = "";

    final Reply send(String operation, Map<String, String> query) {
      return post(RemoteHost.instance(id, operation), query, null);
    }

    final Reply post(String path, Map<String, String> query, @Nullable String json) {
      return RemoteHost.about(id, connection.open().post(path, query, json));
    }

    final int say(String text) {
      if (form.isJson()) {
        form.print(spec.commandLine().getOut(), Map.of("instanceId", id, "done", text));
        return 0;
      }
      spec.commandLine().getOut().println(Printable.line(text));
      return 0;
    }
  }

  /** Holds the common part of the commands with a reason. */
  abstract static class WithReason extends OfInstance {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "The reason; it is kept in the history.")
    @Nullable String reason;

    final Map<String, String> query() {
      return reason == null ? Map.of() : Map.of("reason", reason);
    }
  }

  /** {@code holdfast run NAME} starts an instance. */
  @Command(name = "run", description = "Start an instance of an orchestrator and print its id.")
  public static final class Run implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();
    @Mixin OutputForm form = new OutputForm();

    @Parameters(index = "0", paramLabel = "NAME", description = "The orchestrator.")
    String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "JSON",
        description = "Its input: JSON, @file, or - for standard input.")
    @Nullable String input;

    @Option(
        names = "--id",
        paramLabel = "ID",
        description =
            "The instance id (default: made up). One that was used before is refused, unless there"
                + " is --replace.")
    @Nullable String id;

    @Option(
        names = "--replace",
        description = "Take the place of an instance that has ended; its output and history go.")
    boolean replace;

    @Option(names = "--wait", description = "Wait until it has ended and print its output.")
    boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      if (replace && id == null) {
        throw new CannotException(
            CannotException.USAGE,
            "--replace needs an id.",
            "Without --id there is nothing to replace: a new id is made up.",
            "Name the instance with --id, or leave out --replace.");
      }
      String path = RemoteHost.orchestrator(name, id);
      RemoteHost host = connection.open();
      Map<String, String> query =
          id == null || replace ? Map.of() : Map.of("replaceEnded", "false");
      Reply reply = host.post(path, query, Payload.read(input));
      if (reply.status() == 409 && id != null) {
        throw taken(host, id);
      }
      RemoteHost.succeeded("The host refused to start '" + name + "'.", reply);
      String started = reply.text(reply.object(), "id");
      if (wait) {
        spec.commandLine().getErr().println("Started '" + Printable.line(started) + "'.");
        return Wait.until(host, spec, started, null);
      }
      if (form.isJson()) {
        form.print(spec.commandLine().getOut(), Map.of("instanceId", started));
      } else {
        spec.commandLine().getOut().println(Printable.line(started));
      }
      return 0;
    }
  }

  /** Makes the error for an id that is in use, which names the cures. */
  private static CannotException taken(RemoteHost host, String id) {
    String shown = Printable.line(id);
    Reply reply = RemoteHost.about(id, host.get(RemoteHost.instance(id)));
    String status = reply.text(reply.object(), "runtimeStatus");
    boolean ended = Wait.ENDED.contains(status);
    return new CannotException(
        CannotException.REFUSED,
        "Nothing was started: instance '" + shown + "' is there already.",
        ended
            ? "It has ended as " + status + ", and a new one would remove its output and history."
            : "It is " + Printable.line(status) + ".",
        ended
            ? "Take another --id, or add --replace to remove the old one."
            : "Take another --id, or end it first: 'holdfast terminate " + shown + "'.");
  }

  /** {@code holdfast raise ID EVENT} sends an event to an instance. */
  @Command(name = "raise", description = "Send an event to an instance.")
  public static final class Raise extends OfInstance {
    @Parameters(index = "1", paramLabel = "EVENT", description = "The event's name.")
    String event = "";

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "JSON",
        description = "Its payload: JSON, @file, or - for standard input.")
    @Nullable String payload;

    @Override
    public Integer call() {
      String json = Payload.read(payload);
      post(RemoteHost.event(id, event), Map.of(), json == null ? "null" : json);
      return say("Raised event '" + event + "' to instance '" + id + "'.");
    }
  }

  /** {@code holdfast terminate ID} ends an instance. */
  @Command(name = "terminate", description = "End an instance as Terminated.")
  public static final class Terminate extends WithReason {
    @Override
    public Integer call() {
      send("terminate", query());
      return say("Terminated instance '" + id + "'.");
    }
  }

  /** {@code holdfast suspend ID} suspends an instance. */
  @Command(name = "suspend", description = "Hold an instance; messages to it are kept.")
  public static final class Suspend extends WithReason {
    @Override
    public Integer call() {
      send("suspend", query());
      return say("Suspended instance '" + id + "'.");
    }
  }

  /** {@code holdfast resume ID} lets a suspended instance continue. */
  @Command(name = "resume", description = "Let a suspended instance go on.")
  public static final class Resume extends WithReason {
    @Override
    public Integer call() {
      send("resume", query());
      return say("Resumed instance '" + id + "'.");
    }
  }

  /** {@code holdfast retry ID} lets a blocked instance continue. */
  @Command(
      name = "retry",
      description = {
        "Let a blocked instance go on: the step that could not be done is tried again.",
        "'list --status blocked' shows what is blocked, 'why' tells the reason."
      })
  public static final class Retry extends OfInstance {
    @Override
    public Integer call() {
      send("retry", Map.of());
      return say("Instance '" + id + "' is tried again.");
    }
  }

  /** {@code holdfast rewind ID} rewinds a failed instance to the point before its failure. */
  @Command(name = "rewind", description = "Put a failed instance to before its failure.")
  public static final class Rewind extends WithReason {
    @Override
    public Integer call() {
      send("rewind", query());
      return say("Rewound instance '" + id + "'.");
    }
  }

  /** {@code holdfast restart ID} starts an orchestration again with the input of an instance. */
  @Command(name = "restart", description = "Start again with the same input; prints the id.")
  public static final class Restart extends OfInstance {
    @Option(names = "--same-id", description = "Under the same id (default: under a new one).")
    boolean sameId;

    @Override
    public Integer call() {
      Reply reply = send("restart", Map.of("restartWithNewInstanceId", Boolean.toString(!sameId)));
      return say(reply.text(reply.object(), "id"));
    }
  }

  /** {@code holdfast purge} removes ended instances. */
  @Command(
      name = "purge",
      description = "Remove ended instances for good: one by its id, or many by filter.")
  public static final class Purge implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();
    @Mixin OutputForm form = new OutputForm();

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The instance.")
    @Nullable String id;

    @Option(
        names = "--status",
        split = ",",
        paramLabel = "STATUS",
        description = "Only these: Completed, Failed, Terminated, Canceled.")
    List<StatusName> statuses = List.of();

    @Option(names = "--after", paramLabel = "TIME", description = "Only those created since (ISO).")
    @Nullable String after;

    @Option(names = "--before", paramLabel = "TIME", description = "Only those created until then.")
    @Nullable String before;

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    @Override
    public Integer call() {
      Reply reply;
      if (id != null) {
        String path = RemoteHost.instance(id);
        reply = RemoteHost.about(id, connection.open().delete(path, Map.of()));
      } else {
        Map<String, String> filter = filter();
        RemoteHost host = connection.open();
        confirm(filter.size() > 1);
        reply = host.delete(RemoteHost.INSTANCES, filter);
        if (reply.status() == 404) {
          return tell("0");
        }
        RemoteHost.succeeded("The host refused to purge.", reply);
      }
      return tell(reply.text(reply.object(), "instancesDeleted"));
    }

    private int tell(String deleted) {
      if (form.isJson()) {
        form.print(spec.commandLine().getOut(), Map.of("instancesDeleted", Long.valueOf(deleted)));
      } else {
        spec.commandLine().getOut().println("Instances deleted: " + Printable.line(deleted));
      }
      return 0;
    }

    private Map<String, String> filter() {
      Map<String, String> filter = new LinkedHashMap<>();
      String from = Given.momentIfAny("--after", after);
      filter.put("createdTimeFrom", from == null ? "1970-01-01T00:00:00Z" : from);
      String to = Given.momentIfAny("--before", before);
      if (to != null) {
        filter.put("createdTimeTo", to);
      }
      if (!statuses.isEmpty()) {
        filter.put("runtimeStatus", StatusName.list(statuses));
      }
      return filter;
    }

    private void confirm(boolean filtered) {
      if (yes) {
        return;
      }
      if (!Terminal.isOne()) {
        throw new CannotException(
            CannotException.USAGE,
            "Nothing was purged.",
            "Without an id this removes many instances, and there is no terminal to ask on.",
            "Add --yes, or name one instance.");
      }
      String answer =
          Terminal.ask("Remove all ended instances" + (filtered ? " that match" : "") + "? [y/N] ");
      if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
        throw new CannotException(CannotException.REFUSED, "Nothing was purged.", "", "");
      }
    }
  }
}
