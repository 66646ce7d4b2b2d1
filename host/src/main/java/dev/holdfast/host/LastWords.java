package dev.holdfast.host;

import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.host.config.CannotException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * Ends the process when even memory for a message may be lacking: it writes one line from a buffer
 * that was allocated earlier to the standard error, and halts.
 */
final class LastWords {
  private static final byte[] BEGIN = ascii("The thread ");
  private static final byte[] MIDDLE =
      ascii(" cannot go on, so the host ends; nothing acknowledged is lost. Cause: ");
  private static final byte[] COLON = ascii(": ");
  private static final int LINE_MAX = 1_024;

  private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
  private static final byte[] LINE = new byte[LINE_MAX];

  /**
   * Says whether a thread has written its line; only the first thread does, and it ends the
   * process.
   */
  private static boolean spoken;

  private LastWords() {}

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /**
   * Loads everything that {@link #end} needs; for example, the JVM allocates the name of a class
   * when code first asks for it.
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

  /**
   * Returns whether the process must end at once, because the virtual machine itself lacks a
   * resource.
   */
  static boolean mustEnd(Throwable cause) {
    // A stack that overflowed is usable again once it has been unwound.
    return cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError);
  }

  /** Writes which thread ends and why, and ends the process. The method allocates no memory. */
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
      // The line cannot be written, but the process ends nevertheless.
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

  /**
   * Appends text from any source; a character that is not printable ASCII becomes a question mark.
   */
  private static int put(String text, int at) {
    int length = Math.min(text.length(), LINE_MAX - 1 - at);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      LINE[at + i] = (byte) (c < ' ' || c > '~' ? '?' : c);
    }
    return at + length;
  }
}
