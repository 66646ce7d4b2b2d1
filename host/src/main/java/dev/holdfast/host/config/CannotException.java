package dev.holdfast.host.config;

/**
 * Says that a request of the user cannot be carried out. The message has three parts: the request,
 * the cause, and the cure.
 *
 * <p>The exception is never caused by a fault of Holdfast, so it is printed without a stack trace.
 */
public final class CannotException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** These are the exit codes of a process that ends with this exception. */
  public static final int FAILED = 1;

  public static final int USAGE = 2;
  public static final int NOT_FOUND = 3;
  public static final int REFUSED = 4;
  public static final int INSTANCE_FAILED = 5;
  public static final int TIMED_OUT = 6;

  private final String why;
  private final String cure;
  private final int exitCode;

  public CannotException(int exitCode, String what, String why, String cure) {
    super(what, null, false, false);
    this.why = why;
    this.cure = cure;
    this.exitCode = exitCode;
  }

  public CannotException(String what, String why, String cure) {
    this(FAILED, what, why, cure);
  }

  public String what() {
    return String.valueOf(getMessage());
  }

  public String why() {
    return why;
  }

  public String cure() {
    return cure;
  }

  public int exitCode() {
    return exitCode;
  }

  /** Returns the three parts of the message, each on its own line; empty parts are left out. */
  public String lines() {
    StringBuilder lines = new StringBuilder(what());
    for (String line : new String[] {why, cure}) {
      if (!line.isEmpty()) {
        lines.append(System.lineSeparator()).append("  ").append(line);
      }
    }
    return lines.toString();
  }
}
