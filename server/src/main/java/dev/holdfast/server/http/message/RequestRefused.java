package dev.holdfast.server.http.message;

/**
 * Carries the reply to a request out of nested code that refuses the request. It is never logged.
 */
public final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Reply reply;

  public RequestRefused(Reply reply) {
    super("HTTP " + reply.status(), null, false, false);
    this.reply = reply;
  }

  public Reply reply() {
    return reply;
  }
}
