package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.HttpStatus;
import com.microsoft.azure.functions.HttpStatusType;
import dev.holdfast.functions.model.HttpCall;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Shows an HTTP request to user code. */
final class HttpRequest implements HttpRequestMessage<@Nullable Object> {

  private final HttpCall call;
  private final @Nullable Object body;

  HttpRequest(HttpCall call, @Nullable Object body) {
    this.call = call;
    this.body = body;
  }

  @Override
  public URI getUri() {
    return call.uri();
  }

  @Override
  public @Nullable HttpMethod getHttpMethod() {
    for (HttpMethod method : HttpMethod.values()) {
      if (method.name().equalsIgnoreCase(call.method())) {
        return method;
      }
    }
    return null;
  }

  /** Returns the headers under lower-case names; the map finds names in upper and lower case. */
  @Override
  public Map<String, String> getHeaders() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    call.headers()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    return Collections.unmodifiableMap(headers);
  }

  @Override
  public Map<String, String> getQueryParameters() {
    Map<String, String> query = new LinkedHashMap<>(call.query());
    query.values().removeIf(String::isEmpty);
    return Collections.unmodifiableMap(query);
  }

  @Override
  public @Nullable Object getBody() {
    return body;
  }

  @Override
  public HttpResponseMessage.Builder createResponseBuilder(HttpStatus status) {
    return new HttpResponse().status(status);
  }

  @Override
  public HttpResponseMessage.Builder createResponseBuilder(HttpStatusType status) {
    return new HttpResponse().status(status);
  }
}
