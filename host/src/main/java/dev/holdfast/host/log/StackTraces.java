package dev.holdfast.host.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.holdfast.host.terminal.Printable;

/**
 * Formats exceptions as the JDK prints them, but with each message in one line: messages come from
 * user code and its clients, which must not be able to forge lines of the log.
 */
final class StackTraces {
  private StackTraces() {}

  /** Appends the exception without a line end after the last line. */
  static void append(IThrowableProxy thrown, StringBuilder text) {
    append(thrown, "", "", text);
  }

  private static void append(
      IThrowableProxy thrown, String indent, String caption, StringBuilder text) {
    text.append(indent).append(caption);
    String message = thrown.getMessage();
    text.append(Printable.line(thrown.getClassName()));
    if (message != null) {
      text.append(": ").append(Printable.line(message));
    }
    if (thrown.isCyclic()) {
      text.append(" (told above)");
      return;
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    int own = frames.length - thrown.getCommonFrames();
    for (int i = 0; i < own; i++) {
      line(indent, Printable.line(frames[i].getSTEAsString()), text);
    }
    if (own < frames.length) {
      line(indent, "... " + (frames.length - own) + " more", text);
    }
    for (IThrowableProxy suppressed : thrown.getSuppressed()) {
      text.append(System.lineSeparator());
      append(suppressed, indent + "\t", "Suppressed: ", text);
    }
    if (thrown.getCause() != null) {
      text.append(System.lineSeparator());
      append(thrown.getCause(), indent, "Caused by: ", text);
    }
  }

  private static void line(String indent, String words, StringBuilder text) {
    text.append(System.lineSeparator()).append(indent).append('\t').append(words);
  }
}
