package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.functions.BindingDefinition;
import dev.holdfast.functions.FunctionDefinition;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code /admin/functions…}: lists functions and runs them by hand. */
public final class FunctionsAdmin {
  /** This parameter in paths names the function. */
  private static final String FUNCTION = "function";

  private static final Logger log = LoggerFactory.getLogger("Host.Http");

  private final HostControl host;
  private final String routePrefix;

  /**
   * @param routePrefix the prefix of function URLs, {@code /api} or ""
   */
  public FunctionsAdmin(HostControl host, String routePrefix) {
    this.host = host;
    this.routePrefix = routePrefix;
  }

  public CompletableFuture<Reply> one(Request request, PathValues values) {
    return find(values.get(FUNCTION))
        .map(found -> Reply.json(200, json(request, found).toString()))
        .orElse(Reply.empty(404))
        .now();
  }

  private Optional<FunctionDefinition> find(String name) {
    return host.functions().stream()
        .filter(function -> function.name().equalsIgnoreCase(name))
        .findFirst();
  }

  public CompletableFuture<Reply> list(Request request, PathValues values) {
    ArrayNode json = AdminApi.MAPPER.createArrayNode();
    host.functions().forEach(function -> json.add(json(request, function)));
    return Reply.json(200, json.toString()).now();
  }

  public CompletableFuture<Reply> status(Request request, PathValues values) {
    String name = values.get(FUNCTION);
    String failure = host.failedFunctions().get(name);
    Optional<FunctionDefinition> found = find(name);
    if (found.isEmpty() && failure == null) {
      return Reply.empty(404).now();
    }
    ObjectNode json = AdminApi.MAPPER.createObjectNode();
    json.put("isEnabled", found.isPresent() && !found.get().disabled());
    ArrayNode errors = json.putArray("errors");
    if (failure != null) {
      errors.add(failure);
    }
    return Reply.json(200, json.toString()).now();
  }

  /** Answers at once; the log tells how the run ends. */
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

  private ObjectNode json(Request request, FunctionDefinition function) {
    String self = request.origin() + "/admin/functions/" + function.name();
    ObjectNode json = AdminApi.MAPPER.createObjectNode();
    json.put("name", function.name());
    json.putNull("script_root_path_href");
    json.putNull("script_href");
    json.putNull("config_href");
    json.putNull("test_data_href");
    json.put("href", self);
    json.put("invoke_url_template", invokeUrl(request, function));
    json.put("language", "java");
    json.set("config", AdminApi.MAPPER.valueToTree(function.config()));
    json.putNull("files");
    json.putNull("test_data");
    json.put("isDisabled", function.disabled());
    json.put("isDirect", false);
    json.put("isProxy", false);
    return json;
  }

  private @org.jspecify.annotations.Nullable String invokeUrl(
      Request request, FunctionDefinition function) {
    BindingDefinition trigger = function.trigger();
    if (!trigger.is("httpTrigger")) {
      return null;
    }
    String route = trigger.text("route");
    String path = route == null ? function.name() : route;
    return request.origin() + routePrefix + "/" + path.toLowerCase(Locale.ROOT);
  }
}
