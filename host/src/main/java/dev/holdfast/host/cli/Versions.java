package dev.holdfast.host.cli;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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

/** {@code holdfast versions [VERSION]} counts the instances of each version that have not ended. */
@Command(
    name = "versions",
    description = "Count the instances that have not ended yet, by orchestrator and version.",
    footer =
        "Exit codes: 0 shown, or with --wait nothing of the version is left; 3 no instance has"
            + " ever carried the version, as far as is known; 6 not in time.")
public final class Versions implements Callable<Integer> {
  private static final List<String> HEAD =
      List.of("NAME", "VERSION", "RUNNING", "PENDING", "SUSPENDED", "OLDEST");
  private static final List<String> FIELDS =
      List.of("name", "version", "running", "pending", "suspended", "oldest");
  private static final long POLL_MILLIS = 1_000;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin Connection connection = new Connection();

  @Parameters(
      paramLabel = "VERSION",
      arity = "0..1",
      description = "Only this version; '' for instances without one.")
  @Nullable String version;

  @Option(names = "--name", paramLabel = "NAME", description = "Only this orchestrator.")
  @Nullable String name;

  @Option(names = "--wait", description = "Wait until all instances of that version have ended.")
  boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long at most, such as 90s, 5m, 2h (default: for ever).")
  @Nullable String timeout;

  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() throws InterruptedException {
    RemoteHost host = connection.open();
    if (!wait) {
      List<Map<String, @Nullable Object>> found = find(host, false);
      if (found.isEmpty()) {
        requireKnown(host);
      }
      print(found);
      return 0;
    }
    if (version == null) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot wait without a version.",
          "--wait needs a version.",
          "Name one: holdfast versions 1.0 --wait.");
    }
    return waitFor(host, Given.timeIfAny("--timeout", timeout));
  }

  private int waitFor(RemoteHost host, @Nullable Duration limit) throws InterruptedException {
    long begun = System.nanoTime();
    CountDownLatch never = new CountDownLatch(1);
    boolean seen = false;
    while (true) {
      List<Map<String, @Nullable Object>> left = find(host, false);
      if (left.isEmpty()) {
        if (!seen) {
          requireKnown(host);
        }
        print(left);
        return 0;
      }
      seen = true;
      if (limit != null && System.nanoTime() - begun >= limit.toNanos()) {
        print(left);
        throw new CannotException(
            CannotException.TIMED_OUT,
            "Not all of version '" + version + "' has ended within " + limit.toSeconds() + " s.",
            "What is left is listed above.",
            "'holdfast list --status Running,Pending,Suspended' shows the instances.");
      }
      never.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Refuses a version that no instance has ever had: such a version is a mistake, and differs from
   * a version whose instances have all ended.
   */
  private void requireKnown(RemoteHost host) {
    String wanted = version;
    if (wanted == null) {
      return;
    }
    Set<String> known = new TreeSet<>();
    find(host, true).forEach(it -> known.add(String.valueOf(it.get("version"))));
    if (known.contains(wanted)) {
      return;
    }
    String whose = name == null ? "" : " of '" + name + "'";
    throw new CannotException(
        CannotException.NOT_FOUND,
        wanted.isEmpty()
            ? "There has never been an instance" + whose + " without a version."
            : "No instance" + whose + " has ever carried version '" + wanted + "'.",
        known.isEmpty()
            ? "No instance" + whose + " is known here at all."
            : "Known here"
                + whose
                + ": "
                + String.join(", ", known.stream().map(Versions::told).toList())
                + ".",
        "Correct the version, or the connection if this is the wrong host. What has been purged is"
            + " not known any more.");
  }

  private static String told(String version) {
    return version.isEmpty() ? "'' (without a version)" : version;
  }

  /**
   * Returns the counts by orchestrator and version.
   *
   * @param all whether to return every version, including those whose instances have all ended,
   *     instead of only the requested version
   */
  private List<Map<String, @Nullable Object>> find(RemoteHost host, boolean all) {
    Map<String, String> query = all ? Map.of("ended", "true") : Map.of();
    return RemoteHost.succeeded(
            "The host refused to count.", host.get(RemoteHost.VERSIONS, query, null))
        .list()
        .stream()
        .filter(it -> all || version == null || version.equals(it.get("version")))
        .filter(it -> name == null || name.equalsIgnoreCase(String.valueOf(it.get("name"))))
        .toList();
  }

  private void print(List<Map<String, @Nullable Object>> found) {
    PrintWriter out = spec.commandLine().getOut();
    if (form.isJson()) {
      Output.json(out, found);
    } else if (found.isEmpty()) {
      out.println(nothing());
    } else {
      Output.table(out, HEAD, found.stream().map(Versions::row).toList());
    }
  }

  private String nothing() {
    String what = name == null ? "Nothing" : "Nothing of '" + Printable.line(name) + "'";
    if (version == null) {
      return what + " runs.";
    }
    return version.isEmpty()
        ? what + " runs without a version any more."
        : what + " runs on " + version + " any more.";
  }

  private static List<String> row(Map<String, @Nullable Object> line) {
    return FIELDS.stream()
        .map(it -> String.valueOf(line.get(it)))
        .map(it -> it.isEmpty() ? "-" : it)
        .toList();
  }
}
