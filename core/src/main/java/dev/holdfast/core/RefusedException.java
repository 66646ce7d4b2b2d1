package dev.holdfast.core;

/**
 * Says that the caller asked for something that cannot be done. A refusal is part of the contract
 * and never logged as an error; nothing was changed. The message names what was wrong and what to
 * do.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why, in the terms that HTTP and gRPC translate into status codes. */
  public enum Reason {
    /** An instance with this id exists, and the reuse policy does not allow replacing it. */
    ALREADY_EXISTS,
    /** No instance has this id. */
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
     * The hub is somewhere else, and the connection was lost before it answered, so it is unknown
     * whether the request was done. Ask for the state before repeating a request that must not be
     * done twice.
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
