package dev.holdfast.host.cli;

import dev.holdfast.host.config.PlainJson;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints tables and JSON for people. */
final class Output {
  private Output() {}

  /** Prints a value as JSON. */
  static void json(PrintWriter out, @Nullable Object value) {
    out.println(Printable.json(PlainJson.pretty(value)));
  }

  /**
   * Prints rows of texts under a head. Each column is as wide as its widest text; the last column
   * is not padded.
   */
  static void table(PrintWriter out, List<String> head, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    rows.forEach(row -> all.add(row.stream().map(Printable::line).toList()));
    int[] widths = new int[head.size()];
    for (List<String> row : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String text = row.get(i);
        line.append(text);
        if (i < widths.length - 1) {
          line.append(" ".repeat(widths[i] - text.length() + 2));
        }
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
