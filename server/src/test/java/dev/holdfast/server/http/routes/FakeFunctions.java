package dev.holdfast.server.http.routes;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Functions that answer with their name and their route values, or as a test says. */
public final class FakeFunctions implements HttpFunctions {
  private final List<HttpRoute> routes;
  private final List<HttpCall> calls = new ArrayList<>();
  private Function<HttpCall, CompletableFuture<HttpReply>> answer;

  public FakeFunctions(List<HttpRoute> routes) {
    this.routes = routes;
    this.answer = call -> CompletableFuture.completedFuture(HttpReply.empty(200));
  }

  /** What every function answers from now on, instead of its name and route values. */
  public synchronized void answer(Function<HttpCall, CompletableFuture<HttpReply>> with) {
    answer = with;
    told = true;
  }

  private boolean told;

  synchronized List<HttpCall> calls() {
    return List.copyOf(calls);
  }

  @Override
  public List<HttpRoute> routes() {
    return routes;
  }

  @Override
  public synchronized CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
    calls.add(call);
    if (told) {
      return answer.apply(call);
    }
    String text = functionName + call.routeValues();
    return CompletableFuture.completedFuture(
        new HttpReply(200, Map.of(), "text/plain; charset=utf-8", List.of(), text.getBytes(UTF_8)));
  }
}
