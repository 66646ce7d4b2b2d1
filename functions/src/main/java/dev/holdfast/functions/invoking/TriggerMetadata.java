package dev.holdfast.functions.invoking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.functions.model.HttpCall;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the values that {@code @BindingName} can take from a trigger. A value is read only when
 * a function asks for it.
 */
public final class TriggerMetadata {

  private static final JsonMapper JSON = new JsonMapper();

  private TriggerMetadata() {}

  /**
   * Returns the metadata of an HTTP request. A name is looked up first in the route values. The
   * name of the request's parameter and {@code $request} stand for the request itself. After these,
   * the name is looked up in the query (without the key) and in the top-level members of a JSON
   * body that are not arrays; last, {@code Query} and {@code Headers} stand for objects with all
   * values. A route parameter that the URL leaves out is null.
   *
   * @param route the route template; null when the function has none
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

  /**
   * Returns whether the template contains this parameter in braces, with or without a star, a
   * question mark or a constraint.
   */
  private static boolean isParameter(String route, String name) {
    return Pattern.compile("\\{\\*{0,2}" + Pattern.quote(name) + "[}?:=]").matcher(route).find();
  }

  /**
   * Returns the metadata of a text, which are the top-level members of its JSON object that are not
   * arrays.
   */
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
      return null; // The text is not JSON, so it has no members.
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
