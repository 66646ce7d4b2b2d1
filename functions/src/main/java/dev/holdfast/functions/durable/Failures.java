package dev.holdfast.functions.durable;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** Converts exceptions of user code to the form in which the history stores them. */
final class Failures {

  /** At most this many causes are kept; deeper ones add nothing that a person would read. */
  private static final int DEPTH = 10;

  /**
   * A stack trace is cut to this many characters, because an endless recursion makes far longer
   * traces.
   */
  private static final int STACK = 16_000;

  private Failures() {}

  /** Returns the throwable without the wrapping that the reflective call of user code added. */
  static Throwable unwrapped(Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof InvocationTargetException && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /**
   * Returns the details of a failure with full class names and up to {@value #DEPTH} causes, so
   * that callers can find out what happened.
   *
   * @param shortNames true: the details have only the root cause with its simple class name, as
   *     older hosts report it
   */
  static TaskFailureDetails of(Throwable thrown, boolean shortNames) {
    Throwable failure = unwrapped(thrown);
    return shortNames ? rootCause(failure) : chain(failure, 0);
  }

  private static TaskFailureDetails chain(Throwable failure, int depth) {
    TaskFailureDetails.Builder details =
        TaskFailureDetails.newBuilder()
            .setErrorType(failure.getClass().getName())
            .setErrorMessage(message(failure))
            .setStackTrace(StringValue.of(depth == 0 ? stack(failure) : ownStack(failure)));
    Throwable cause = failure.getCause();
    if (cause != null && cause != failure && depth < DEPTH) {
      details.setInnerFailure(chain(unwrapped(cause), depth + 1));
    }
    return details.build();
  }

  private static TaskFailureDetails rootCause(Throwable failure) {
    Throwable root = failure;
    for (int i = 0; i < DEPTH && root.getCause() != null && root.getCause() != root; i++) {
      root = root.getCause();
    }
    String message = message(root);
    int end = message.indexOf('\n');
    return TaskFailureDetails.newBuilder()
        .setErrorType(root.getClass().getSimpleName())
        .setErrorMessage(end < 0 ? message : message.substring(0, end).stripTrailing())
        .setStackTrace(StringValue.of(stack(failure)))
        .build();
  }

  private static String message(Throwable failure) {
    return clean(text(failure));
  }

  // Foreign code may compute a message, and that code may throw.
  private static String text(Throwable failure) {
    try {
      @Nullable String message = failure.getMessage();
      return message == null ? "" : message;
    } catch (RuntimeException e) {
      return "(its message could not be read: " + e.getClass().getName() + ")";
    }
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    try {
      failure.printStackTrace(new PrintWriter(text));
    } catch (RuntimeException e) {
      return ownStack(failure);
    }
    return cut(text.toString());
  }

  private static String ownStack(Throwable failure) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement frame : failure.getStackTrace()) {
      text.append("\tat ").append(frame).append('\n');
    }
    return cut(text.toString());
  }

  private static String cut(String text) {
    return clean(text.length() <= STACK ? text : text.substring(0, STACK) + "\n\t… cut");
  }

  // Replaces U+0000 and halves of surrogate pairs, which stores do not accept.
  private static String clean(String text) {
    StringBuilder cleaned = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        cleaned = cleaned == null ? new StringBuilder(text) : cleaned;
        cleaned.setCharAt(i, '\uFFFD');
      }
    }
    return cleaned == null ? text : cleaned.toString();
  }
}
