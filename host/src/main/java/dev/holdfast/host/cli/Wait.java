package dev.holdfast.host.cli;

import dev.holdfast.host.cli.RemoteHost.Reply;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast wait ID} waits until an instance has ended. */
@Command(
    name = "wait",
    description = "Wait until an instance has ended and print its output.",
    footer = "Exit codes: 0 completed, 5 ended otherwise, 6 not in time.")
public final class Wait implements Callable<Integer> {
  static final Set<String> ENDED = Set.of("Completed", "Failed", "Terminated", "Canceled");
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long POLL_MILLIS_MAX = 1_000;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  /** The output is JSON in either form; the option is there so that scripts can give it always. */
  @Mixin OutputForm form = new OutputForm();

  @Parameters(paramLabel = "ID", description = "The instance.")
  String id = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long at most, such as 90s, 5m, 2h (default: for ever).")
  @Nullable String timeout;

  @Override
  public Integer call() throws InterruptedException {
    return until(connection.open(), spec, id, Given.timeIfAny("--timeout", timeout));
  }

  static int until(RemoteHost host, CommandSpec spec, String id, @Nullable Duration limit)
      throws InterruptedException {
    long begun = System.nanoTime();
    long pollMillis = 50;
    boolean told = false;
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      Reply reply = state(host, id);
      Map<String, @Nullable Object> state = reply.object();
      String status = reply.text(state, "runtimeStatus");
      if (ENDED.contains(status)) {
        return ended(spec, id, status, state);
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - begun);
      if (limit != null && waited.compareTo(limit) >= 0) {
        throw new CannotException(
            CannotException.TIMED_OUT,
            "Instance '"
                + Printable.line(id)
                + "' has not ended within "
                + limit.toSeconds()
                + " s.",
            "It is " + Printable.line(status) + ".",
            "'holdfast why " + Printable.line(id) + "' says what it waits for.");
      }
      if (!told && waited.compareTo(PATIENCE) > 0) {
        told = true;
        tell(spec, id, status, limit == null ? null : limit.minus(waited));
      }
      never.await(pollMillis, TimeUnit.MILLISECONDS);
      pollMillis = Math.min(POLL_MILLIS_MAX, pollMillis * 2);
    }
  }

  private static Reply state(RemoteHost host, String id) {
    String path = RemoteHost.instance(id);
    return RemoteHost.about(id, host.get(path, Map.of("showInput", "false"), null));
  }

  private static void tell(CommandSpec spec, String id, String status, @Nullable Duration left) {
    spec.commandLine()
        .getErr()
        .println(
            "Waiting for '"
                + Printable.line(id)
                + "' ("
                + Printable.line(status)
                + ")"
                + (left == null
                    ? ", press Ctrl-C to stop waiting."
                    : " until " + Instant.now().plus(left).truncatedTo(ChronoUnit.SECONDS) + "."));
  }

  private static String reason(Map<String, @Nullable Object> state) {
    String failure = FailureWords.of(state.get("failure"));
    return failure == null ? "" : ": " + failure;
  }

  private static int ended(
      CommandSpec spec, String id, String status, Map<String, @Nullable Object> state) {
    PrintWriter out = spec.commandLine().getOut();
    Output.json(out, state.get("output"));
    if (status.equals("Completed")) {
      return 0;
    }
    spec.commandLine()
        .getErr()
        .println(Printable.line("Instance '" + id + "' ended as " + status + reason(state) + "."));
    return CannotException.INSTANCE_FAILED;
  }
}
