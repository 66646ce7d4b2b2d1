package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;

/**
 * Manages keys over HTTP. Lists contain the names of keys but not their values, which are not
 * stored; a value appears only in the answer to the request that makes it.
 */
final class KeysAdmin {
  private final Keys keys;

  KeysAdmin(Keys keys) {
    this.keys = keys;
  }

  /**
   * @param rest the key's name, or nothing for all keys
   */
  Reply ofFunction(Request request, String function, List<String> rest) {
    return handle(request, Kind.FUNCTION, function, rest);
  }

  /**
   * @param what keys, functionkeys, systemkeys, default or master
   * @param rest the key's name, or nothing for all keys
   */
  Reply ofHost(Request request, String what, List<String> rest) {
    return switch (what) {
      case "systemkeys" -> handle(request, Kind.SYSTEM, rest.isEmpty() ? "" : rest.get(0), rest);
      case "master" -> handle(request, Kind.MASTER, "", List.of(Key.MASTER_NAME));
      case "default" -> handle(request, Kind.HOST, "", List.of("default"));
      default ->
          rest.equals(List.of(Key.MASTER_NAME))
              ? handle(request, Kind.MASTER, "", rest)
              : handle(request, Kind.HOST, "", rest);
    };
  }

  private Reply handle(Request request, Kind kind, String scope, List<String> rest) {
    if (rest.size() > 1) {
      return Reply.empty(404);
    }
    if (rest.isEmpty()) {
      return request.method().equals("GET") ? list(kind, scope) : Reply.empty(404);
    }
    String name = rest.get(0);
    return switch (request.method()) {
      case "GET" ->
          isThere(kind, scope, name)
              ? Reply.json(200, one(name, null).toString())
              : Reply.empty(404);
      case "POST", "PUT" -> make(request, kind, scope, name);
      case "DELETE" -> delete(kind, scope, name);
      default -> Reply.empty(404);
    };
  }

  private Reply list(Kind kind, String scope) {
    ObjectNode json = AdminApi.MAPPER.createObjectNode();
    ArrayNode all = json.putArray("keys");
    keys.active().stream()
        .filter(key -> key.kind() == kind)
        .filter(key -> scope.isEmpty() || key.scope().equalsIgnoreCase(scope))
        .map(Key::name)
        .distinct()
        .forEach(name -> all.add(one(name, null)));
    json.putArray("links");
    return Reply.json(200, json.toString());
  }

  private Reply make(Request request, Kind kind, String scope, String name) {
    boolean there = isThere(kind, scope, name);
    JsonNode wanted = AdminApi.body(request).path("value");
    String secret;
    try {
      secret =
          wanted.isTextual()
              ? keys.create(kind, scope, name, wanted.asText()).secret()
              : keys.create(kind, scope, name).secret();
    } catch (IllegalArgumentException e) {
      return Reply.error(400, String.valueOf(e.getMessage()));
    }
    if (wanted.isTextual()) {
      return Reply.json(there ? 200 : 201, one(name, wanted.asText()).toString());
    }
    return Reply.json(there ? 200 : 201, one(name, secret).toString());
  }

  private Reply delete(Kind kind, String scope, String name) {
    if (kind == Kind.MASTER) {
      return Reply.error(400, "The master key cannot be deleted; POST to it to renew it.");
    }
    return Reply.empty(keys.delete(kind, scope, name) ? 204 : 404);
  }

  private boolean isThere(Kind kind, String scope, String name) {
    return keys.active().stream()
        .anyMatch(
            key ->
                key.kind() == kind
                    && key.name().equals(name)
                    && (scope.isEmpty() || key.scope().equalsIgnoreCase(scope)));
  }

  private static ObjectNode one(String name, @org.jspecify.annotations.Nullable String value) {
    ObjectNode json = AdminApi.MAPPER.createObjectNode();
    json.put("name", name);
    json.put("value", value);
    return json;
  }
}
