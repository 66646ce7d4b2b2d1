package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.HttpStatusType;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Represents an HTTP response that user code builds; the class is its own builder. */
final class HttpResponse implements HttpResponseMessage, HttpResponseMessage.Builder {

  private static final int LOWEST = 100;
  private static final int HIGHEST = 599;

  private final Map<String, @Nullable String> headers =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private HttpStatusType status = HttpStatus.OK;
  private @Nullable Object body;

  @Override
  public HttpResponse status(HttpStatusType wanted) {
    if (wanted.value() < LOWEST || wanted.value() > HIGHEST) {
      throw new IllegalArgumentException(
          "Invalid HTTP status code: "
              + wanted.value()
              + ". Use "
              + LOWEST
              + " to "
              + HIGHEST
              + ".");
    }
    status = wanted;
    return this;
  }

  @Override
  public HttpResponse header(String name, @Nullable String value) {
    headers.put(name, value);
    return this;
  }

  @Override
  public HttpResponse body(@Nullable Object value) {
    body = value;
    return this;
  }

  @Override
  public HttpResponse build() {
    HttpResponse built = new HttpResponse();
    built.headers.putAll(headers);
    built.status = status;
    built.body = body;
    return built;
  }

  @Override
  public HttpStatusType getStatus() {
    return status;
  }

  @Override
  public @Nullable String getHeader(String name) {
    return headers.get(name);
  }

  @Override
  public @Nullable Object getBody() {
    return body;
  }

  Map<String, @Nullable String> headers() {
    return Collections.unmodifiableMap(headers);
  }
}
