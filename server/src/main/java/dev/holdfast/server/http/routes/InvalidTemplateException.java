package dev.holdfast.server.http.routes;

/** A route template is invalid; the message says why, in half a sentence. */
final class InvalidTemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidTemplateException(String message) {
    super(message);
  }
}
