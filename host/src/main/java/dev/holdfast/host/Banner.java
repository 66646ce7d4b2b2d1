package dev.holdfast.host;

import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpRoute;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the lines that a host prints on the console when it starts and when it is ready. */
final class Banner {
  private static final String NL = System.lineSeparator();

  private Banner() {}

  /**
   * Returns the first lines of the output.
   *
   * @param app the path of the app
   * @param place the place of the hub, in words
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
   * Lists the functions as the Functions host does, with HTTP functions first, and says how to
   * start orchestrators and signal entities.
   *
   * @param base scheme and authority of the printed URLs, which people can paste
   * @param routePrefix the prefix of every route; empty when there is none
   */
  static String functions(
      List<FunctionDefinition> functions, List<HttpRoute> routes, URI base, String routePrefix) {
    List<String> entries = new ArrayList<>();
    for (HttpRoute route : routes) {
      String path = (routePrefix.isEmpty() ? "/" : "/" + routePrefix + "/") + route.template();
      entries.add(route.functionName() + ": " + methods(route) + base + path);
    }
    for (FunctionDefinition function : functions) {
      if (!function.disabled() && !function.start().isByHttp()) {
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
   * Says that a host without an app waits for workers, and how to connect one.
   *
   * @param endpoint host and port of gRPC
   * @param manner how clients must connect to the endpoint, in words
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

  /**
   * Returns the Java call that sets the channel of a client or worker builder. The builder itself
   * can set only a port on this machine in plain text, so every other endpoint needs a channel.
   */
  private static String channel(String endpoint, String manner) {
    String port = endpoint.substring(endpoint.lastIndexOf(':') + 1);
    return endpoint.startsWith("localhost:") && manner.equals("gRPC, plain text")
        ? ".port(" + port + ")"
        : ".grpcChannel(…)";
  }

  private static String methods(HttpRoute route) {
    // Tools read this list, so a function for all verbs has two blanks instead of the brackets.
    return route.methods().isEmpty() ? " " : "[" + String.join(",", route.methods()) + "] ";
  }

  private static String start(FunctionDefinition function, URI base) {
    String api = base + "/runtime/webhooks/durabletask/";
    return switch (function.start().by()) {
      case ORCHESTRATOR -> NL + "\t    start: POST " + api + "orchestrators/" + function.name();
      case ENTITY ->
          NL
              + "\t    signal: POST "
              + api
              + "entities/"
              + function.start().name()
              + "/KEY?op=OPERATION";
      case ACTIVITY, HTTP, TRIGGER -> "";
    };
  }

  /** Returns one line for each function that could not be loaded. */
  static List<String> failures(Map<String, String> failedFunctions) {
    List<String> lines = new ArrayList<>();
    failedFunctions.forEach(
        (name, why) -> lines.add("The '" + name + "' function is in error: " + why));
    return lines;
  }
}
