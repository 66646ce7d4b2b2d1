package dev.holdfast.functions.outgoing;

/**
 * Says that a request is not sent, because it cannot or must not be, or that its answer is not
 * taken; sending it again changes nothing.
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
