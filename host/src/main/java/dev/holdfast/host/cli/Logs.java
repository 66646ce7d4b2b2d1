package dev.holdfast.host.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Json;
import dev.holdfast.host.log.LogFile;
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
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast logs ID}. */
@Command(
    name = "logs",
    description = {
      "Print what the log says of an instance, the oldest first.",
      "It reads the files below 'log' in the data folder; the host need not run."
    })
public final class Logs implements Callable<Integer> {
  private static final Set<String> SAID_BEFORE = Set.of("time", "level", "category", "message");

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "ID", description = "The instance.")
  String id = "";

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the host.")
  @Nullable Path data;

  @Option(names = "--json", description = "Print the lines as they are in the files: JSON.")
  boolean json;

  @Override
  public Integer call() {
    Path folder = DataFolder.of(data).path();
    List<Path> files = LogFile.in(folder);
    if (files.isEmpty()) {
      throw new CannotException(
          "There is no log in " + folder + ".",
          "No host has written one there, or extensions.holdfast.log.files in its host.json is 0.",
          "Say which data folder is meant with --data.");
    }
    Pattern mention = Pattern.compile("(?<![\\w-])" + Pattern.quote(id) + "(?![\\w-])");
    boolean found = false;
    for (Path file : files) {
      found |= print(file, mention);
    }
    if (!found) {
      throw new CannotException(
          CannotException.NOT_FOUND,
          "The log says nothing of instance '" + id + "'.",
          "Nothing was said of it, or its lines were so old that they are gone (the log is in "
              + folder.resolve("log")
              + ").",
          "'holdfast why ID' tells where the instance is.");
    }
    return 0;
  }

  private boolean print(Path file, Pattern mention) {
    boolean found = false;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // Most lines are of others: these are passed over without being read as JSON.
        Map<String, @Nullable Object> record = mention.matcher(line).find() ? record(line) : null;
        if (record != null && isAbout(record, mention)) {
          found = true;
          print(line, record);
        }
      }
    } catch (NoSuchFileException e) {
      return found; // It was put aside meanwhile.
    } catch (IOException e) {
      throw new CannotException(
          "Cannot read " + file + ".", String.valueOf(e.getMessage()), "Check that you may.");
    }
    return found;
  }

  private static @Nullable Map<String, @Nullable Object> record(String line) {
    try {
      return Json.read(line) instanceof Map<?, ?> members ? Json.names(members) : null;
    } catch (JsonProcessingException e) {
      return null; // The last line may be half written.
    }
  }

  /** A record of another instance may name this one, but then it is not about it. */
  private boolean isAbout(Map<String, @Nullable Object> record, Pattern mention) {
    Object instance = record.get("instance");
    return instance != null
        ? instance.equals(id)
        : mention.matcher(String.valueOf(record.get("message"))).find();
  }

  private void print(String line, Map<String, @Nullable Object> record) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
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
