package dev.holdfast.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.PlainJson;
import dev.holdfast.host.log.LogFile;
import dev.holdfast.host.terminal.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast logs ID} prints the log lines about an instance. */
@Command(
    name = "logs",
    description = {
      "Print what the log says of an instance, the oldest first.",
      "It reads the files below 'log' in the data folder; the host need not run."
    })
public final class Logs implements Callable<Integer> {
  /** The error message names at most this many other instances. */
  private static final int OTHERS_MAX = 5;

  private static final Set<String> SAID_BEFORE = Set.of("time", "level", "category", "message");

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The instance.")
  String id = "";

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the host.")
  @Nullable Path data;

  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() {
    Path folder = DataFolder.of(data).path();
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new CannotException(
          "There is no log in " + folder + ".",
          "No host has written one there, or extensions.holdfast.log.files in its host.json is 0.",
          "Say which data folder is meant with --data.");
    }
    Pattern mention = Pattern.compile("(?<![\\w-])" + Pattern.quote(id) + "(?![\\w-])");
    Seen seen = new Seen();
    boolean found = false;
    for (Path file : files) {
      found |= print(file, mention, seen);
    }
    if (!found) {
      throw nothing(folder, files, seen);
    }
    return 0;
  }

  private static List<Path> files(Path folder) {
    try {
      return LogFile.in(folder);
    } catch (IOException e) {
      throw unreadable(folder.resolve("log"), e);
    }
  }

  private static CannotException unreadable(Path path, IOException e) {
    return new CannotException("Cannot read " + path + ".", e.toString(), "Check its permissions.");
  }

  /** Records which lines a search without a result has seen. */
  private static final class Seen {
    private final Set<String> others = new TreeSet<>();
    private @Nullable String oldest;
    private long lines;

    void line(String line) {
      lines++;
      if (oldest == null) {
        Map<String, @Nullable Object> record = record(line);
        Object time = record == null ? null : record.get("time");
        oldest = time == null ? null : time.toString();
      }
    }

    void other(@Nullable Object instance) {
      if (others.size() < OTHERS_MAX) {
        others.add(String.valueOf(instance));
      }
    }
  }

  private CannotException nothing(Path folder, List<Path> files, Seen seen) {
    String shown = Printable.line(id);
    String looked =
        "It has "
            + (seen.lines == 1 ? "1 line" : seen.lines + " lines")
            + " in "
            + (files.size() == 1 ? "1 file" : files.size() + " files")
            + " in "
            + folder.resolve("log")
            + (seen.oldest == null ? "" : ", the oldest of " + Printable.line(seen.oldest))
            + (seen.others.isEmpty()
                ? "."
                : ". It is mentioned in lines of " + Printable.line(quoted(seen.others)) + ".");
    return new CannotException(
        CannotException.NOT_FOUND,
        "The log says nothing of instance '" + shown + "'.",
        looked,
        "The host itself logs nothing about an instance without failures, unless"
            + " logging.logLevel.Function in host.json is Debug; 'holdfast show "
            + shown
            + " --history' tells what has happened to it.");
  }

  private static String quoted(Set<String> ids) {
    return "'" + String.join("', '", ids) + "'";
  }

  private boolean print(Path file, Pattern mention, Seen seen) {
    boolean found = false;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        seen.line(line);
        // Most lines concern other instances, so they are skipped without being parsed as JSON.
        Map<String, @Nullable Object> record = mention.matcher(line).find() ? record(line) : null;
        if (record != null && isAbout(record, mention)) {
          found = true;
          print(line, record);
        } else if (record != null && isNamed(record)) {
          seen.other(record.get("instance"));
        }
      }
    } catch (NoSuchFileException e) {
      return found; // The file was removed by a rotation since the listing.
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    return found;
  }

  private static @Nullable Map<String, @Nullable Object> record(String line) {
    try {
      return PlainJson.read(line) instanceof Map<?, ?> members ? PlainJson.names(members) : null;
    } catch (JsonProcessingException e) {
      return null; // The last line may be half written.
    }
  }

  /**
   * Returns whether a record belongs to this instance; a record of another instance may also
   * contain its id.
   */
  private boolean isAbout(Map<String, @Nullable Object> record, Pattern mention) {
    Object instance = record.get("instance");
    return instance != null
        ? instance.equals(id)
        : mention.matcher(String.valueOf(record.get("message"))).find();
  }

  /**
   * Returns whether a record of another instance contains the id of this one. A short id may be an
   * ordinary word, so it counts only in quotes or as the parent part of a child's id.
   */
  private boolean isNamed(Map<String, @Nullable Object> record) {
    return String.valueOf(record.get("instance")).startsWith(id + ":")
        || String.valueOf(record.get("message")).contains("'" + id + "'");
  }

  private void print(String line, Map<String, @Nullable Object> record) {
    PrintWriter out = spec.commandLine().getOut();
    if (form.isJson()) {
      out.println(line);
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append('[').append(record.get("time")).append("] ");
    text.append(String.format(Locale.ROOT, "%-5s ", record.get("level")))
        .append(record.get("category"));
    char before = '[';
    for (Map.Entry<String, @Nullable Object> member : record.entrySet()) {
      if (!SAID_BEFORE.contains(member.getKey()) && !member.getKey().equals("exception")) {
        text.append(before == '[' ? " [" : " ").append(member.getKey()).append('=');
        text.append(member.getValue());
        before = ' ';
      }
    }
    text.append(before == '[' ? ": " : "]: ").append(record.get("message"));
    out.println(Printable.line(text.toString()));
    if (record.get("exception") != null) {
      for (String one : String.valueOf(record.get("exception")).split("\\R", -1)) {
        out.println("    " + Printable.line(one.replace("\t", "    ")));
      }
    }
  }
}
