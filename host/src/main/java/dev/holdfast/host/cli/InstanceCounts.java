package dev.holdfast.host.cli;

import dev.holdfast.host.cli.RemoteHost.Reply;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Counts instances for {@code holdfast list --count}. */
final class InstanceCounts {
  private static final String COUNTS = "/runtime/webhooks/holdfast/counts";
  private static final List<String> HEAD = List.of("NAME", "STATUS", "COUNT");

  /** With these filters the host counts instances without reading them. */
  private static final Set<String> COUNTED = Set.of("runtimeStatus", "name");

  private static final String PAGE = "1000";

  private record Kind(String name, String status) implements Comparable<Kind> {
    @Override
    public int compareTo(Kind other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : status.compareTo(other.status);
    }
  }

  private InstanceCounts() {}

  /**
   * Prints the counts.
   *
   * @param filter the parameters that the list of instances takes
   */
  static void print(RemoteHost host, CommandSpec spec, Map<String, String> filter, boolean json) {
    Map<Kind, Long> counts =
        COUNTED.containsAll(filter.keySet()) ? counted(host, filter) : listed(host, filter);
    PrintWriter out = spec.commandLine().getOut();
    List<List<String>> rows = new ArrayList<>();
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    long all = 0;
    for (Map.Entry<Kind, Long> one : counts.entrySet()) {
      Kind kind = one.getKey();
      rows.add(List.of(kind.name(), kind.status(), one.getValue().toString()));
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("name", kind.name());
      object.put("runtimeStatus", kind.status());
      object.put("count", one.getValue());
      objects.add(object);
      all += one.getValue();
    }
    if (json) {
      Output.json(out, objects);
      return;
    }
    rows.add(List.of("(all)", "", Long.toString(all)));
    Output.table(out, HEAD, rows);
  }

  private static Map<Kind, Long> counted(RemoteHost host, Map<String, String> filter) {
    Reply reply = RemoteHost.succeeded("The host refused to count.", host.get(COUNTS));
    String name = filter.get("name");
    String statuses = filter.get("runtimeStatus");
    Map<Kind, Long> counts = new TreeMap<>();
    for (Map<String, @Nullable Object> one : reply.list()) {
      Kind kind = kind(one);
      boolean wanted =
          (name == null || name.equals(kind.name()))
              && (statuses == null
                  || Arrays.asList(statuses.split(",", -1)).contains(kind.status()));
      if (wanted) {
        counts.merge(kind, Long.parseLong(reply.text(one, "count")), Long::sum);
      }
    }
    return counts;
  }

  private static Map<Kind, Long> listed(RemoteHost host, Map<String, String> filter) {
    Map<String, String> query = new LinkedHashMap<>(filter);
    query.put("top", PAGE);
    query.put("showInput", "false");
    query.put("showOutput", "false");
    Map<Kind, Long> counts = new TreeMap<>();
    String continuation = null;
    do {
      Reply page =
          RemoteHost.succeeded(
              "The host refused to list instances.",
              host.get(RemoteHost.INSTANCES, query, continuation));
      page.list().forEach(it -> counts.merge(kind(it), 1L, Long::sum));
      continuation = page.continuation();
    } while (continuation != null);
    return counts;
  }

  private static Kind kind(Map<String, @Nullable Object> one) {
    return new Kind(String.valueOf(one.get("name")), String.valueOf(one.get("runtimeStatus")));
  }
}
