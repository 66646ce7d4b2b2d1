package dev.holdfast.engine.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds what a program knows at a step, and so what it hands to its next execution. */
final class Memo {
  private static final String MARK = "again";

  int step;
  final String input;
  final List<String> results = new ArrayList<>();

  /** Holds the number of the last event read, by name. */
  final Map<String, Integer> read = new LinkedHashMap<>();

  /** Holds the last number sent, by receiver and name. */
  final Map<String, Integer> sent = new LinkedHashMap<>();

  /** Holds the attempts of all events read. */
  final List<String> attempts = new ArrayList<>();

  /**
   * Holds children that run and have not been joined; a program joins them before it continues as
   * new.
   */
  final List<Step.Launch> launched = new ArrayList<>(0);

  private Memo(String input) {
    this.input = input;
  }

  /**
   * Reads the input of an execution, whether a client, a parent or the execution before gave it.
   */
  static Memo of(String text) {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(MARK)) {
      return new Memo(text);
    }
    Memo memo = new Memo(lines[1]);
    memo.step = Integer.parseInt(lines[2]);
    numbers(lines[3], memo.read);
    numbers(lines[4], memo.sent);
    if (!lines[5].isEmpty()) {
      memo.attempts.addAll(List.of(lines[5].split(",", -1)));
    }
    memo.results.addAll(List.of(lines).subList(6, lines.length));
    return memo;
  }

  private static void numbers(String line, Map<String, Integer> into) {
    if (!line.isEmpty()) {
      for (String entry : line.split(",", -1)) {
        int equals = entry.lastIndexOf('=');
        into.put(entry.substring(0, equals), Integer.valueOf(entry.substring(equals + 1)));
      }
    }
  }

  private static String line(Map<String, Integer> numbers) {
    List<String> entries = new ArrayList<>();
    numbers.forEach((name, number) -> entries.add(name + "=" + number));
    return String.join(",", entries);
  }

  /** Returns the input of the next execution. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(MARK);
    lines.add(input);
    lines.add(Integer.toString(step));
    lines.add(line(read));
    lines.add(line(sent));
    lines.add(String.join(",", attempts));
    lines.addAll(results);
    return String.join("\n", lines);
  }

  /** Returns the output of the program. */
  String output() {
    return input + "->" + String.join(",", results);
  }
}
