package dev.holdfast.host;

import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.host.config.CannotException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * The end of the process where nothing may be relied on any more, not even that there is memory for
 * a message: one line on the standard error, made in place, and out.
 */
final class LastWords {
  private static final byte[] BEGIN = ascii("The thread ");
  private static final byte[] MIDDLE =
      ascii(" cannot go on, so the host ends; nothing acknowledged is lost. Cause: ");
  private static final byte[] COLON = ascii(": ");
  private static final int LINE_MAX = 1_024;

  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
  private static final byte[] LINE = new byte[LINE_MAX];

  /** The first to come speaks, and ends the process. */
  private static boolean spoken;

  private LastWords() {}

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /**
   * Loads what {@link #end} needs: the names of classes, for example, are made when they are asked
   * for first.
   */
  static void prepare() {
    OutOfMemoryError example = new OutOfMemoryError();
    write(LINE, line(example.getClass().getName(), example), 0);
    var unused = InHand.prepareForTheEnd();
    // Halting needs classes that are otherwise loaded only when the process ends.
    Thread never = new Thread("never started");
    Runtime.getRuntime().addShutdownHook(never);
    Runtime.getRuntime().removeShutdownHook(never);
  }

  /** Whether the process must end at once: the virtual machine itself is out of something. */
  static boolean mustEnd(Throwable cause) {
    // A stack that overflowed is whole again once it has been unwound.
    return cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError);
  }

  /** Says which thread ends and why, and ends the process. Allocates nothing. */
  static void end(String thread, Throwable cause) {
    synchronized (LINE) {
      if (!spoken) {
        spoken = true;
        int length = line(thread, cause);
        write(LINE, length, length);
        try {
          InHand.processIsEnded();
        } finally {
          Runtime.getRuntime().halt(CannotException.FAILED);
        }
      }
    }
  }

  private static void write(byte[] line, int length, int count) {
    try {
      ERR.write(line, 0, Math.min(length, count));
    } catch (IOException e) {
      // Nobody reads it; the process ends all the same.
    }
  }

  private static int line(String thread, Throwable cause) {
    int at = put(BEGIN, 0);
    at = put(thread, at);
    at = put(MIDDLE, at);
    at = put(cause.getClass().getName(), at);
    String message = cause.getMessage();
    if (message != null) {
      at = put(COLON, at);
      at = put(message, at);
    }
    LINE[at] = '\n';
    return at + 1;
  }

  private static int put(byte[] text, int at) {
    int length = Math.min(text.length, LINE_MAX - 1 - at);
    System.arraycopy(text, 0, LINE, at, length);
    return at + length;
  }

  /** What is not printable ASCII becomes a question mark: it comes from anywhere. */
  private static int put(String text, int at) {
    int length = Math.min(text.length(), LINE_MAX - 1 - at);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      LINE[at + i] = (byte) (c < ' ' || c > '~' ? '?' : c);
    }
    return at + length;
  }
}
