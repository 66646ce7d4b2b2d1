package dev.holdfast.server.http.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.functions.BindingDefinition;
import dev.holdfast.functions.FunctionDefinition;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code /admin/functions…}: lists functions and runs them by hand. */
final class FunctionsAdmin {
  private static final Logger log = LoggerFactory.getLogger("Host.Http");

  private final HostControl host;
  private final String routePrefix;

  FunctionsAdmin(HostControl host, String routePrefix) {
    this.host = host;
    this.routePrefix = routePrefix;
  }

  CompletableFuture<Reply> handle(Request request, List<String> segments) {
    if (segments.size() == 1) {
      return (request.method().equals("GET") ? list(request) : Reply.empty(404)).now();
    }
    String name = segments.get(1);
    if (segments.size() == 3) {
      boolean status = request.method().equals("GET") && segments.get(2).equalsIgnoreCase("status");
      return (status ? status(name) : Reply.empty(404)).now();
    }
    if (segments.size() > 3) {
      return Reply.empty(404).now();
    }
    return switch (request.method()) {
      case "GET" ->
          find(name)
              .map(found -> Reply.json(200, json(request, found).toString()))
              .orElse(Reply.empty(404))
              .now();
      case "POST" -> run(request, name).now();
      default -> Reply.empty(404).now();
    };
  }

  boolean exists(String name) {
    return find(name).isPresent();
  }

  private Optional<FunctionDefinition> find(String name) {
    return host.functions().stream()
        .filter(function -> function.name().equalsIgnoreCase(name))
        .findFirst();
  }

  private Reply list(Request request) {
    ArrayNode json = AdminApi.MAPPER.createArrayNode();
    host.functions().forEach(function -> json.add(json(request, function)));
    return Reply.json(200, json.toString());
  }

  private Reply status(String name) {
    String failure = host.failedFunctions().get(name);
    Optional<FunctionDefinition> found = find(name);
    if (found.isEmpty() && failure == null) {
      return Reply.empty(404);
    }
    ObjectNode json = AdminApi.MAPPER.createObjectNode();
    json.put("isEnabled", found.isPresent() && !found.get().disabled());
    ArrayNode errors = json.putArray("errors");
    if (failure != null) {
      errors.add(failure);
    }
    return Reply.json(200, json.toString());
  }

  /** Answers at once; the log tells how the run ends. */
  private Reply run(Request request, String name) {
    if (request.body().length == 0) {
      return Reply.error(
          400, "The body is missing. Send {\"input\": \"text\"}, or {} for no input.");
    }
    Optional<FunctionDefinition> found = find(name);
    if (found.isEmpty() || found.get().disabled()) {
      return Reply.empty(404);
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
    return Reply.empty(202);
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
