package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.azure.functions.HttpResponseMessage;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.HttpReply;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the result of an HTTP function to a status, headers and bytes, as the Functions host
 * does.
 */
public final class HttpReplies {

  /** Bindings of this type hold the value that becomes the reply. */
  public static final String BINDING_TYPE = "http";

  static final String TEXT = "text/plain; charset=utf-8";
  private static final String BINARY = "application/octet-stream";
  private static final byte[] NO_BODY = {};

  // A text that only starts like JSON is not JSON, so the parser fails when other characters
  // follow.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final ObjectWriter INDENTED =
      JSON.writer(
          new DefaultPrettyPrinter(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                      .withObjectEmptySeparator("")
                      .withArrayEmptySeparator(""))
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  private HttpReplies() {}

  /**
   * Returns the reply of an invocation that has returned; the reply of a failed invocation is
   * {@link HttpReply#empty} with status 500.
   */
  public static HttpReply of(FunctionPlan plan, Invocation invocation, ValueWriter writer) {
    Object value = output(plan, invocation);
    if (value instanceof HttpResponseMessage.Builder builder) {
      value = builder.build();
    }
    if (value instanceof HttpResponseMessage response) {
      return response(response, writer);
    }
    if (value == null) {
      return HttpReply.empty(204);
    }
    Wire wire = writer.write(value);
    JsonNode json = json(wire);
    return json != null && json.isObject() && member(json, "body") != null
        ? ResponseDescription.read(json)
        : reply(200, Map.of(), List.of(), json == null ? body(wire) : body(json));
  }

  private static @Nullable Object output(FunctionPlan plan, Invocation invocation) {
    for (BindingDefinition binding : plan.definition().bindings()) {
      if (binding.isOutput() && binding.is(BINDING_TYPE)) {
        return binding.name().equals("$return")
            ? invocation.getReturnValue()
            : invocation.outputValue(binding.name());
      }
    }
    return null;
  }

  private static HttpReply response(HttpResponseMessage response, ValueWriter writer) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (response instanceof HttpResponse own) {
      own.headers()
          .forEach(
              (name, value) -> {
                if (value != null) {
                  headers.put(name, value);
                }
              });
    } else if (response.getHeader("Content-Type") != null) {
      headers.put("Content-Type", response.getHeader("Content-Type"));
    }
    Object body = response.getBody();
    Wire wire = writer.write(body);
    Body content;
    if (body == null) {
      content = Body.NONE;
    } else {
      // The text of a response message stays unchanged; only other values are converted through
      // JSON.
      JsonNode json = wire instanceof Wire.Json ? json(wire) : null;
      content = json == null ? body(wire) : body(json);
    }
    return reply(response.getStatusCode(), headers, List.of(), content);
  }

  /** Holds the bytes of a body with the content type to use when the function names none. */
  @SuppressWarnings("ArrayRecordComponent")
  record Body(byte[] bytes, @Nullable String contentType) {
    static final Body NONE = new Body(NO_BODY, null);
  }

  static HttpReply reply(
      int status, Map<String, String> headers, List<String> setCookies, Body body) {
    Map<String, String> others = new LinkedHashMap<>();
    List<String> cookies = new java.util.ArrayList<>(setCookies);
    String type = body.contentType();
    for (Map.Entry<String, String> header : headers.entrySet()) {
      switch (header.getKey().toLowerCase(Locale.ROOT)) {
        case "content-type" -> type = header.getValue();
        case "set-cookie" -> cookies.add(header.getValue());
        default -> others.put(header.getKey(), header.getValue());
      }
    }
    return new HttpReply(status, others, type, cookies, body.bytes());
  }

  private static Body body(Wire wire) {
    if (wire instanceof Wire.Bytes bytes) {
      return new Body(bytes.value(), BINARY);
    }
    return text(Texts.of(wire));
  }

  /**
   * Renders a JSON body: objects and arrays are indented, strings lose their quotes, and null
   * becomes an empty body.
   */
  static Body body(JsonNode json) {
    if (json.isNull() || json.isMissingNode()) {
      return Body.NONE;
    }
    try {
      return text(json.isContainerNode() ? INDENTED.writeValueAsString(json) : json.asText());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree that cannot be written", e);
    }
  }

  private static Body text(String text) {
    Texts.check("body of the response", text);
    return new Body(text.getBytes(StandardCharsets.UTF_8), TEXT);
  }

  private static @Nullable JsonNode json(Wire wire) {
    String text =
        wire instanceof Wire.Json json
            ? json.text()
            : wire instanceof Wire.Text plain ? plain.value() : null;
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** Returns a member of the object, ignoring the case of its name; null when there is none. */
  static @Nullable JsonNode member(JsonNode object, String name) {
    JsonNode exact = object.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (member.getKey().equalsIgnoreCase(name)) {
        return member.getValue();
      }
    }
    return null;
  }
}
