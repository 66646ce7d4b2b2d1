package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.functions.HttpCall;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code @BindingName} can ask of a trigger. Nothing is read before it is asked for. */
public final class TriggerMetadata {

  private static final JsonMapper JSON = new JsonMapper();

  private TriggerMetadata() {}

  /**
   * Route values, then the query (without the key), then top-level members of a JSON body that are
   * no arrays; {@code Query} and {@code Headers} as objects; the request itself under its
   * parameter's name and {@code $request}. A parameter of the route that the URL leaves out is
   * null.
   *
   * @param route the template; null when the function has none
   */
  public static Function<String, @Nullable Wire> ofHttp(
      Wire.Http request, String parameterName, @Nullable String route) {
    HttpCall call = request.call();
    return name -> {
      String value = call.routeValues().get(name);
      if (value != null) {
        return new Wire.Text(value);
      }
      if (route != null && isParameter(route, name)) {
        return Wire.NULL;
      }
      if (name.equals("$request") || name.equals(parameterName)) {
        return request;
      }
      String query = name.equals("code") ? null : call.query().get(name);
      if (query != null) {
        return new Wire.Text(query);
      }
      Wire member =
          HttpBodies.of(request) instanceof Wire.Text text ? member(text.value(), name) : null;
      if (member != null) {
        return member;
      }
      return switch (name) {
        case "Query" -> object(call.query());
        case "Headers" -> headers(call);
        default -> null;
      };
    };
  }

  /** Whether the template has it: in braces, with or without a star, a mark or a constraint. */
  private static boolean isParameter(String route, String name) {
    return Pattern.compile("\\{\\*{0,2}" + Pattern.quote(name) + "[}?:=]").matcher(route).find();
  }

  /** Top-level members of a JSON object in the trigger's text that are no arrays. */
  public static Function<String, @Nullable Wire> ofText(String text) {
    return name -> member(text, name);
  }

  private static @Nullable Wire member(String text, String name) {
    if (!text.stripLeading().startsWith("{")) {
      return null;
    }
    try {
      JsonNode value = JSON.readTree(text).get(name);
      if (value == null || value.isArray()) {
        return null;
      }
      if (value.isIntegralNumber() && value.canConvertToLong()) {
        return new Wire.Whole(value.asLong());
      }
      if (value.isNumber()) {
        return new Wire.Real(value.asDouble());
      }
      return value.isTextual() ? new Wire.Text(value.asText()) : new Wire.Json(value.toString());
    } catch (JsonProcessingException e) {
      return null; // Not JSON: it has no members.
    }
  }

  private static Wire object(Map<String, String> members) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    members.forEach(object::put);
    return new Wire.Json(object.toString());
  }

  private static Wire headers(HttpCall call) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    call.headers().forEach((name, values) -> object.put(name, String.join(",", values)));
    return new Wire.Json(object.toString());
  }
}
