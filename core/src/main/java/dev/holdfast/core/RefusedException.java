package dev.holdfast.core;

/**
 * The caller asked for something that cannot be done; part of the contract, never logged as an
 * error. Nothing was changed. The message names what was wrong and what to do.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why, in the terms that HTTP and gRPC translate into status codes. */
  public enum Reason {
    /** An instance of that id is there and the reuse policy does not allow replacing it. */
    ALREADY_EXISTS,
    /** No instance of that id. */
    NOT_FOUND,
    /** The request itself is malformed or over a named limit. */
    INVALID_ARGUMENT,
    /** The instance is in a state that does not allow this. */
    FAILED_PRECONDITION,
    /** A named limit of the hub is reached; try again later. */
    OVERLOADED,
    /** The store cannot take more (disk full); reads still work. */
    STORE_FULL,
    /** This node is stopping or has lost the partition; try again elsewhere or later. */
    UNAVAILABLE,
    /**
     * The hub is somewhere else, and the connection was lost before it answered: nobody knows
     * whether it was done. Ask for the state before asking again for what must not be done twice.
     */
    UNANSWERED
  }

  private final Reason reason;

  public RefusedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
