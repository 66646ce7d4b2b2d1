package dev.holdfast.host.config;

/**
 * Something the user asked for cannot be done, said in three parts: what, why, and what to do about
 * it.
 *
 * <p>Never a bug of ours, so it is printed without a stack trace.
 */
public final class CannotException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What a process that ended this way gives back to its shell. */
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

  /** The three parts on a line each; empty ones are left out. */
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
