package dev.holdfast.functions.outgoing;

/**
 * Says that a request cannot or must not be sent, or that its answer is not accepted; sending the
 * request again does not help.
 */
final class OutgoingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message the reason in words, with the cure
   */
  OutgoingException(String message) {
    super(message);
  }
}
