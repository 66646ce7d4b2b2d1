package dev.holdfast.host.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Holds the option by which a command prints its data for programs. */
public final class OutputForm {

  /** Lists the forms of output; help shows their names in lower case. */
  enum Form {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "text (for people, the default) or json (for programs).")
  Form form = Form.TEXT;

  @Option(names = "--json", description = "The same as --output json.")
  boolean json;

  /** Tells whether the user wants JSON. */
  public boolean isJson() {
    return json || form == Form.JSON;
  }

  /** Prints a value as JSON: a map, a list, a text, a number, a boolean or null. */
  public void print(PrintWriter out, @Nullable Object value) {
    Output.json(out, value);
  }
}
