package dev.holdfast.server.http;

import dev.holdfast.core.RefusedException;
import dev.holdfast.server.http.message.Reply;

/**
 * Translates the engine's refusals into HTTP replies; endpoints that have their own status codes
 * for some refusals use this class only for the others.
 */
final class Refusals {
  private Refusals() {}

  static Reply reply(RefusedException refused) {
    String message = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case INVALID_ARGUMENT -> Reply.error(400, message);
      case NOT_FOUND -> Reply.empty(404);
      case ALREADY_EXISTS, FAILED_PRECONDITION -> Reply.error(409, message);
      case OVERLOADED -> Reply.error(429, message).with("Retry-After", "1");
      case UNAVAILABLE -> Reply.error(503, message).with("Retry-After", "5");
      case UNANSWERED -> Reply.error(504, message);
      case STORE_FULL -> Reply.error(507, message).with("Retry-After", "30");
    };
  }
}
