package dev.holdfast.functions.outgoing;

/**
 * A request that is not sent, because it cannot or must not be; sending it again changes nothing.
 */
final class OutgoingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message in words, with the cure
   */
  OutgoingException(String message) {
    super(message);
  }
}
