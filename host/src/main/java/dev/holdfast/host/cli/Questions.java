package dev.holdfast.host.cli;

import dev.holdfast.host.cli.RemoteHost.Reply;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.PlainJson;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Contains the commands that only read. */
public final class Questions {
  private Questions() {}

  /** {@code holdfast why ID} says what an instance waits for. */
  @Command(name = "why", description = "Say what an instance waits for, since when and until when.")
  public static final class Why implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();

    @Parameters(paramLabel = "ID", description = "The instance.")
    String id = "";

    @Mixin OutputForm form = new OutputForm();

    @Override
    public Integer call() {
      String path = RemoteHost.why(id);
      Reply reply = RemoteHost.about(id, connection.open().get(path));
      PrintWriter out = spec.commandLine().getOut();
      if (form.isJson()) {
        Output.json(out, reply.object());
        return 0;
      }
      Map<String, @Nullable Object> why = reply.object();
      String summary = reply.text(why, "summary");
      out.println(Printable.line(summary));
      if (why.get("waitingFor") instanceof List<?> waiting) {
        waiting.forEach(it -> print(out, it, summary));
      }
      if (why.get("lastError") != null) {
        out.println("  last error: " + Printable.line(String.valueOf(why.get("lastError"))));
      }
      if (why.get("customStatus") != null && !"".equals(why.get("customStatus"))) {
        out.println("  custom status: " + Printable.line(PlainJson.write(why.get("customStatus"))));
      }
      if (why.get("notices") instanceof List<?> notices) {
        notices.forEach(it -> out.println("  note: " + Printable.line(String.valueOf(it))));
      }
      return 0;
    }

    /**
     * Waits of these kinds are described in words, such as "an external event", because they have
     * no name.
     */
    private static final Set<String> HAVE_NO_NAME =
        Set.of("timer", "operation", "start", "resume", "nothing", "blocked");

    private static boolean hasName(Map<?, ?> one) {
      return !HAVE_NO_NAME.contains(String.valueOf(one.get("kind")))
          && !"an external event".equals(one.get("what"));
    }

    /**
     * Prints one thing that the instance waits for, without details that the summary already
     * contains.
     */
    private static void print(PrintWriter out, @Nullable Object waiting, String summary) {
      if (!(waiting instanceof Map<?, ?> one)) {
        return;
      }
      StringBuilder line = new StringBuilder("  ");
      if (hasName(one)) {
        append(line.append(one.get("kind")), " '", one.get("what"), "'");
      } else {
        line.append(one.get("what"));
      }
      append(line, ", since ", one.get("since"), "");
      append(line, ", until ", one.get("until"), "");
      Object detail = one.get("detail");
      if (detail != null && !summary.contains(detail.toString())) {
        append(line, ": ", detail, "");
      }
      out.println(Printable.line(line.toString()));
    }

    private static void append(
        StringBuilder line, String before, @Nullable Object text, String after) {
      if (text != null && !text.toString().isEmpty()) {
        line.append(before).append(text).append(after);
      }
    }
  }

  /** {@code holdfast show ID} prints the state of an instance. */
  @Command(name = "show", description = "Print the state of an instance as JSON.")
  public static final class Show implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();

    /** The state is JSON in either form; the option is there so that scripts can give it always. */
    @Mixin OutputForm form = new OutputForm();

    @Parameters(paramLabel = "ID", description = "The instance.")
    String id = "";

    @Option(names = "--history", description = "With its history, inputs and results included.")
    boolean history;

    @Override
    public Integer call() {
      Map<String, String> query =
          history ? Map.of("showHistory", "true", "showHistoryOutput", "true") : Map.of();
      String path = RemoteHost.instance(id);
      Reply reply = RemoteHost.about(id, connection.open().get(path, query, null));
      Output.json(spec.commandLine().getOut(), reply.object());
      return 0;
    }
  }

  /** {@code holdfast list} lists instances. */
  @Command(
      name = "list",
      description = {
        "List instances in the order of their creation.",
        "Entities are listed too, as over HTTP: ids '@name@key', always 'Running'."
      })
  public static final class Listing implements Callable<Integer> {
    private static final List<String> HEAD = List.of("ID", "NAME", "STATUS", "CREATED", "UPDATED");
    private static final List<String> FIELDS =
        List.of("instanceId", "name", "runtimeStatus", "createdTime", "lastUpdatedTime");

    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin Connection connection = new Connection();

    @Option(
        names = "--status",
        split = ",",
        paramLabel = "STATUS",
        description = "Only these: ${COMPLETION-CANDIDATES}.")
    List<StatusName> statuses = List.of();

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only ids with this beginning.")
    @Nullable String prefix;

    @Option(names = "--name", paramLabel = "NAME", description = "Only of this orchestrator.")
    @Nullable String name;

    @Option(
        names = "--parent",
        paramLabel = "ID",
        description = "Only sub-orchestrations of this instance.")
    @Nullable String parent;

    @Option(
        names = "--after",
        paramLabel = "TIME",
        description = "Only those created since (ISO, or how long ago, such as 10m).")
    @Nullable String after;

    @Option(names = "--before", paramLabel = "TIME", description = "Only those created until then.")
    @Nullable String before;

    @Option(names = "--newest", description = "The newest first.")
    boolean newest;

    @Option(
        names = "--count",
        description = "Print how many instances each orchestrator has in each status.")
    boolean count;

    @Option(names = "--top", description = "At most so many (default: ${DEFAULT-VALUE}).")
    int top = 100;

    @Mixin OutputForm form = new OutputForm();

    @Override
    public Integer call() {
      Given.atLeast(1, "--top", top);
      if (statuses.contains(StatusName.BLOCKED) && statuses.size() > 1) {
        throw new CannotException(
            CannotException.USAGE,
            "--status Blocked stands alone.",
            "What is blocked keeps the status that it had, so it can have another one too.",
            "Leave out the others.");
      }
      if (count) {
        InstanceCounts.print(connection.open(), spec, filter(), form.isJson());
        return 0;
      }
      List<Map<String, @Nullable Object>> found = new ArrayList<>();
      RemoteHost host = connection.open();
      String continuation = null;
      boolean more;
      do {
        Reply page =
            RemoteHost.succeeded(
                "The host refused to list instances.",
                host.get(RemoteHost.INSTANCES, query(top - found.size()), continuation));
        page.list().stream().limit(top - found.size()).forEach(found::add);
        continuation = page.continuation();
        more = continuation != null;
      } while (more && found.size() < top);
      print(found, more);
      return 0;
    }

    private Map<String, String> query(int size) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("top", Integer.toString(size));
      query.put("showInput", Boolean.toString(form.isJson()));
      query.put("showOutput", Boolean.toString(form.isJson()));
      query.put("showReason", "true");
      if (newest) {
        query.put("newestFirst", "true");
      }
      query.putAll(filter());
      return query;
    }

    private Map<String, String> filter() {
      Map<String, String> query = new LinkedHashMap<>();
      if (statuses.contains(StatusName.BLOCKED)) {
        query.put("blocked", "true");
      } else if (!statuses.isEmpty()) {
        query.put("runtimeStatus", StatusName.list(statuses));
      }
      put(query, "instanceIdPrefix", prefix);
      put(query, "name", name);
      put(query, "parentInstanceId", parent);
      put(query, "createdTimeFrom", Given.momentIfAny("--after", after));
      put(query, "createdTimeTo", Given.momentIfAny("--before", before));
      return query;
    }

    private static void put(Map<String, String> query, String name, @Nullable String value) {
      if (value != null) {
        query.put(name, value);
      }
    }

    private void print(List<Map<String, @Nullable Object>> found, boolean more) {
      PrintWriter out = spec.commandLine().getOut();
      if (form.isJson()) {
        Output.json(out, found);
        return;
      }
      boolean reasons = found.stream().anyMatch(it -> it.get("reason") != null);
      List<String> head = new ArrayList<>(HEAD);
      if (reasons) {
        head.add("REASON");
      }
      Output.table(out, head, found.stream().map(it -> row(it, reasons)).toList());
      if (more) {
        spec.commandLine().getErr().println("There are more; raise --top to see them.");
      } else if (found.isEmpty() && !filter().isEmpty()) {
        spec.commandLine()
            .getErr()
            .println(
                "No instance matches."
                    + (name == null ? "" : " --name takes upper and lower case as they are."));
      }
    }

    private static List<String> row(Map<String, @Nullable Object> instance, boolean reasons) {
      List<String> row = new ArrayList<>();
      FIELDS.forEach(it -> row.add(told(instance, it)));
      if (reasons) {
        Object reason = instance.get("reason");
        row.add(reason == null ? "" : String.valueOf(reason));
      }
      return row;
    }

    private static String told(Map<String, @Nullable Object> instance, String field) {
      String value = String.valueOf(instance.get(field));
      if (!field.equals("runtimeStatus")) {
        return value;
      }
      if (instance.get("blocked") != null) {
        return value + " (blocked)";
      }
      if (instance.get("waitsFor") != null) {
        return value + " (not served)";
      }
      return instance.get("doesNotFit") == null ? value : value + " (does not fit)";
    }
  }
}
