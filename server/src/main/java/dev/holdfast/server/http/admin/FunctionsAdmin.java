package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code /admin/functions…}: lists functions and runs them on request. */
public final class FunctionsAdmin {
  /** This parameter in paths names the function. */
  private static final String FUNCTION = "function";

  private static final Logger log = LoggerFactory.getLogger("Host.Http");

  private final HostControl host;
  private final String routePrefix;

  /**
   * Creates the endpoints for one host.
   *
   * @param routePrefix the prefix of function URLs, {@code /api} or ""
   */
  public FunctionsAdmin(HostControl host, String routePrefix) {
    this.host = host;
    this.routePrefix = routePrefix;
  }

  public CompletableFuture<Reply> one(Request request, PathValues values) {
    return find(values.get(FUNCTION))
        .map(found -> Reply.json(200, write(new JsonWriter(), request, found)))
        .orElse(Reply.empty(404))
        .now();
  }

  private Optional<FunctionDefinition> find(String name) {
    return host.functions().stream()
        .filter(function -> function.name().equalsIgnoreCase(name))
        .findFirst();
  }

  public CompletableFuture<Reply> list(Request request, PathValues values) {
    JsonWriter json = new JsonWriter().array();
    host.functions().forEach(function -> write(json, request, function));
    return Reply.json(200, json.endArray()).now();
  }

  public CompletableFuture<Reply> status(Request request, PathValues values) {
    String name = values.get(FUNCTION);
    String failure = host.failedFunctions().get(name);
    Optional<FunctionDefinition> found = find(name);
    if (found.isEmpty() && failure == null) {
      return Reply.empty(404).now();
    }
    JsonWriter json =
        new JsonWriter()
            .object()
            .field("isEnabled", found.isPresent() && !found.get().disabled())
            .name("errors")
            .array();
    if (failure != null) {
      json.string(failure);
    }
    return Reply.json(200, json.endArray().end()).now();
  }

  /** Starts a run of the function and answers at once; the log reports how the run ends. */
  public CompletableFuture<Reply> run(Request request, PathValues values) {
    if (request.body().length == 0) {
      return Reply.error(
              400, "The body is missing. Send {\"input\": \"text\"}, or {} for no input.")
          .now();
    }
    Optional<FunctionDefinition> found = find(values.get(FUNCTION));
    if (found.isEmpty() || found.get().disabled()) {
      return Reply.empty(404).now();
    }
    JsonNode input = AdminApi.body(request).path("input");
    String text = input.isMissingNode() || input.isNull() ? "" : input.asText(input.toString());
    String function = found.get().name();
    CompletableFuture<Void> unused =
        host.invoke(function, input.isContainerNode() ? input.toString() : text)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    log.warn("Function {}, run through the admin API, failed", function, failure);
                  }
                });
    return Reply.empty(202).now();
  }

  private JsonWriter write(JsonWriter json, Request request, FunctionDefinition function) {
    return json.object()
        .field("name", function.name())
        .field("script_root_path_href", (String) null)
        .field("script_href", (String) null)
        .field("config_href", (String) null)
        .field("test_data_href", (String) null)
        .field("href", request.origin() + "/admin/functions/" + function.name())
        .field("invoke_url_template", invokeUrl(request, function))
        .field("language", "java")
        .name("config")
        .embed(AdminApi.MAPPER.valueToTree(function.config()).toString())
        .field("files", (String) null)
        .field("test_data", (String) null)
        .field("isDisabled", function.disabled())
        .field("isDirect", false)
        .field("isProxy", false)
        .end();
  }

  private @org.jspecify.annotations.Nullable String invokeUrl(
      Request request, FunctionDefinition function) {
    BindingDefinition trigger = function.trigger();
    if (!function.start().isByHttp()) {
      return null;
    }
    String route = trigger.text("route");
    String path = route == null ? function.name() : route;
    return request.origin() + routePrefix + "/" + path.toLowerCase(Locale.ROOT);
  }
}
