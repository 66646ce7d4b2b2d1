package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Manages keys over HTTP. Lists contain the names of keys but not their values, which are not
 * stored; a value appears only in the answer to the request that creates or rotates the key.
 */
public final class KeysAdmin {
  /** These are the names of parameters in paths. */
  private static final String NAME = "name";

  private static final String FUNCTION = "function";

  private final HostControl host;
  private final Keys keys;
  private final boolean keysRequired;

  /**
   * Creates the endpoints for the keys of one host.
   *
   * @param keysRequired whether requests need keys
   */
  public KeysAdmin(HostControl host, Keys keys, boolean keysRequired) {
    this.host = host;
    this.keys = keys;
    this.keysRequired = keysRequired;
  }

  /** Serves the keys of a host: all of them, or the one that the path names. */
  public CompletableFuture<Reply> hostKeys(Request request, PathValues values) {
    String name = values.find(NAME);
    Kind kind = Key.MASTER_NAME.equals(name) ? Kind.MASTER : Kind.HOST;
    return handle(request, kind, "", name);
  }

  /** Serves the keys of extensions, each of which has a scope of its own. */
  public CompletableFuture<Reply> systemKeys(Request request, PathValues values) {
    String name = values.find(NAME);
    return handle(request, Kind.SYSTEM, name == null ? "" : name, name);
  }

  /** Serves the default host key, which permits calls of all functions. */
  public CompletableFuture<Reply> defaultKey(Request request, PathValues values) {
    return handle(request, Kind.HOST, "", "default");
  }

  /** Serves the master key of a host, which permits all requests. */
  public CompletableFuture<Reply> masterKey(Request request, PathValues values) {
    return handle(request, Kind.MASTER, "", Key.MASTER_NAME);
  }

  /** Serves the keys of a function: all of them, or the one that the path names. */
  public CompletableFuture<Reply> functionKeys(Request request, PathValues values) {
    String function = values.get(FUNCTION);
    boolean exists =
        host.functions().stream().anyMatch(each -> each.name().equalsIgnoreCase(function));
    return !keysRequired || exists
        ? handle(request, Kind.FUNCTION, function, values.find(NAME))
        : Reply.empty(404).now();
  }

  /**
   * Handles a request for one key, or for all keys of a kind.
   *
   * @param name the key's name; null for all keys
   */
  private CompletableFuture<Reply> handle(
      Request request, Kind kind, String scope, @Nullable String name) {
    return (keysRequired ? reply(request, kind, scope, name) : noKeys()).now();
  }

  private Reply reply(Request request, Kind kind, String scope, @Nullable String name) {
    if (name == null) {
      return list(kind, scope);
    }
    return switch (request.method()) {
      case "POST", "PUT" -> make(request, kind, scope, name);
      case "DELETE" -> delete(kind, scope, name);
      default ->
          isThere(kind, scope, name)
              ? Reply.json(200, one(new JsonWriter(), name, null))
              : Reply.empty(404);
    };
  }

  /**
   * Refuses to make keys while requests need no keys: any program that can connect could otherwise
   * make a key for itself that stays valid when keys are required later.
   */
  private static Reply noKeys() {
    return Reply.error(
        403,
        "This host asks for no keys, so none are made, changed or shown over HTTP. Use './holdfast"
            + " keys' on its data folder, or require keys (--enableAuth).");
  }

  private Reply list(Kind kind, String scope) {
    JsonWriter json = new JsonWriter().object().name("keys").array();
    keys.active().stream()
        .filter(key -> key.kind() == kind)
        .filter(key -> scope.isEmpty() || key.scope().equalsIgnoreCase(scope))
        .map(Key::name)
        .distinct()
        .forEach(name -> one(json, name, null));
    return Reply.json(200, json.endArray().name("links").array().endArray().end());
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
      return Reply.json(there ? 200 : 201, one(new JsonWriter(), name, wanted.asText()));
    }
    return Reply.json(there ? 200 : 201, one(new JsonWriter(), name, secret));
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

  private static JsonWriter one(JsonWriter json, String name, @Nullable String value) {
    return json.object().field("name", name).field("value", value).end();
  }
}
