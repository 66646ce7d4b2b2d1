package dev.holdfast.functions.durable;

import com.google.protobuf.StringValue;
import dev.holdfast.protocol.TaskFailureDetails;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** What user code threw, as the history keeps it. */
final class Failures {

  /** How many causes are kept; deeper ones add nothing that a person would read. */
  private static final int DEPTH = 10;

  /** The longest stack kept, in characters; runaway recursion makes far longer ones. */
  private static final int STACK = 16_000;

  private Failures() {}

  /** The throwable without the wrapping that calling user code added. */
  static Throwable unwrapped(Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof InvocationTargetException && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  /**
   * Full class names and every cause, so that callers can tell what happened.
   *
   * @param shortNames true: the root cause only, by its simple name, as older hosts have it
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

  // A message may be computed, by code that is not ours.
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

  // The stores take neither U+0000 nor half a surrogate pair.
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
