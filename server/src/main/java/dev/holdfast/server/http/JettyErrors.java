package dev.holdfast.server.http;

import dev.holdfast.server.http.message.Reply;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers in JSON when the input does not form a request, for example because of a broken request
 * line or of headers that are too large.
 */
final class JettyErrors extends ErrorHandler {
  private final HttpServerConfig.Limits limits;

  JettyErrors(HttpServerConfig.Limits limits) {
    this.limits = limits;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    String reason = (String) request.getAttribute(ERROR_MESSAGE);
    if (request.getAttribute(ERROR_EXCEPTION) instanceof HttpException failure) {
      status = failure.getCode();
      response.setStatus(status);
      Throwable cause = ((Throwable) failure).getCause();
      reason = cause == null ? failure.getReason() : cause.getMessage();
    }
    // The rest of the input cannot be interpreted, so Jetty closes the connection; this header
    // tells the client.
    response.getHeaders().put(HttpHeader.CONNECTION, "close");
    if (HttpStatus.hasNoBody(status)) {
      callback.succeeded();
      return true;
    }
    Reply reply = Reply.error(status, message(status, reason));
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Reply.JSON);
    response.write(true, ByteBuffer.wrap(reply.body()), callback);
    return true;
  }

  private String message(int status, @Nullable String reason) {
    return switch (status) {
      case HttpStatus.URI_TOO_LONG_414, HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
          String.format(
              Locale.ROOT,
              "Request line and headers together are larger than the limit of %d bytes. Send less,"
                  + " or put the data into the body.",
              limits.headerBytes());
      case HttpStatus.BAD_REQUEST_400 ->
          "The request is not well-formed HTTP: "
              + (reason == null ? "it could not be parsed" : reason)
              + ". Check the request line and the headers.";
      default -> reason == null ? String.valueOf(HttpStatus.getMessage(status)) : reason;
    };
  }
}
