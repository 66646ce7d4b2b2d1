package dev.holdfast.core;

/**
 * Says that the hub refused a request and changed nothing. A refusal is part of the contract and is
 * never logged as an error. The message names the cause and the cure.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says why a request was refused; HTTP and gRPC translate the reason into a status code. */
  public enum Reason {
    /** An instance with this id exists, and the reuse policy does not allow replacing it. */
    ALREADY_EXISTS,
    /** No instance has this id. */
    NOT_FOUND,
    /** The request itself is malformed or over a named limit. */
    INVALID_ARGUMENT,
    /** The state of the instance does not allow the request. */
    FAILED_PRECONDITION,
    /** A named limit of the hub is reached; try again later. */
    OVERLOADED,
    /** The store has no room for more rows because the disk is full; reads still work. */
    STORE_FULL,
    /** This node is stopping or has lost the partition; try again elsewhere or later. */
    UNAVAILABLE,
    /**
     * The hub is in another process, and the connection was lost before it answered, so it is
     * unknown whether the request was carried out. Ask for the state before repeating a request
     * that must not be done twice.
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
