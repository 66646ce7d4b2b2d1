package dev.holdfast.server.http.routes;

/** Says that a route template is invalid. The message says why, in words that end a sentence. */
final class InvalidTemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidTemplateException(String message) {
    super(message);
  }
}
