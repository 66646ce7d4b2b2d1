package dev.holdfast.host;

import dev.holdfast.functions.BindingDefinition;
import dev.holdfast.functions.FunctionDefinition;
import dev.holdfast.functions.HttpRoute;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a host that is ready says about itself. */
final class Banner {
  private static final String NL = System.lineSeparator();

  private Banner() {}

  /**
   * The lines before anything else.
   *
   * @param app where the app lies
   * @param place where the hub is, in words
   */
  static String head(String version, String app, String hub, String place) {
    return NL
        + "Holdfast "
        + version
        + " on Java "
        + Runtime.version().feature()
        + NL
        + "  App:      "
        + app
        + NL
        + "  Task hub: "
        + hub
        + ", "
        + place
        + NL
        + NL;
  }

  /**
   * The functions as the Functions host lists them, HTTP functions first, and how to start
   * orchestrators and signal entities.
   *
   * @param base scheme and authority, which people can paste
   * @param routePrefix in front of every route; empty for none
   */
  static String functions(
      List<FunctionDefinition> functions, List<HttpRoute> routes, URI base, String routePrefix) {
    List<String> entries = new ArrayList<>();
    for (HttpRoute route : routes) {
      String path = (routePrefix.isEmpty() ? "/" : "/" + routePrefix + "/") + route.template();
      entries.add(route.functionName() + ": " + methods(route) + base + path);
    }
    for (FunctionDefinition function : functions) {
      if (!function.disabled() && !isHttp(function)) {
        entries.add(function.name() + ": " + function.trigger().type() + start(function, base));
      }
    }
    StringBuilder text = new StringBuilder("Functions:").append(NL).append(NL);
    entries.forEach(it -> text.append('\t').append(it).append(NL).append(NL));
    functions.stream()
        .filter(FunctionDefinition::disabled)
        .forEach(
            it -> text.append("Function ").append(it.name()).append(" is disabled.").append(NL));
    return entries.isEmpty() ? "No functions were found." + NL + NL : text.toString();
  }

  /**
   * What a host without an app waits for, and how to give it that.
   *
   * @param endpoint host and port of gRPC
   * @param manner how it is spoken to, in words
   * @param base scheme and authority of HTTP
   */
  static String workers(String endpoint, String manner, URI base) {
    return "Waiting for workers: connect any Durable Task SDK to "
        + endpoint
        + " ("
        + manner
        + "), such as"
        + NL
        + NL
        + "\tnew DurableTaskGrpcWorkerBuilder()"
        + channel(endpoint, manner)
        + ".addOrchestration(…).addActivity(…).build().start();"
        + NL
        + NL
        + "\t    start: POST "
        + base
        + "/runtime/webhooks/durabletask/orchestrators/NAME"
        + NL
        + "\t    what an instance waits for: holdfast why ID"
        + NL
        + NL;
  }

  /** Its builder knows ports of this machine and plain text; all else is up to a channel. */
  private static String channel(String endpoint, String manner) {
    String port = endpoint.substring(endpoint.lastIndexOf(':') + 1);
    return endpoint.startsWith("localhost:") && manner.equals("gRPC, plain text")
        ? ".port(" + port + ")"
        : ".grpcChannel(…)";
  }

  private static String methods(HttpRoute route) {
    // A function for every verb has two blanks where the brackets were: tools read this list.
    return route.methods().isEmpty() ? " " : "[" + String.join(",", route.methods()) + "] ";
  }

  private static boolean isHttp(FunctionDefinition function) {
    return function.trigger().is("httpTrigger");
  }

  private static String start(FunctionDefinition function, URI base) {
    BindingDefinition trigger = function.trigger();
    String api = base + "/runtime/webhooks/durabletask/";
    if (trigger.is("orchestrationTrigger")) {
      return NL + "\t    start: POST " + api + "orchestrators/" + function.name();
    }
    if (trigger.is("entityTrigger")) {
      String own = trigger.text("entityName");
      String name = own == null ? function.name() : own;
      return NL + "\t    signal: POST " + api + "entities/" + name + "/KEY?op=OPERATION";
    }
    return "";
  }

  /** What could not be loaded, one line each. */
  static List<String> failures(Map<String, String> failedFunctions) {
    List<String> lines = new ArrayList<>();
    failedFunctions.forEach(
        (name, why) -> lines.add("The '" + name + "' function is in error: " + why));
    return lines;
  }
}
