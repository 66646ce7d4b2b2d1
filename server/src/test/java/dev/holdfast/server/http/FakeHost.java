package dev.holdfast.server.http;

import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.server.http.admin.HostControl;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A host that is always up, and remembers what it was told to do. */
public final class FakeHost implements HostControl {
  private final List<String> done = new ArrayList<>();
  private final List<String> notReady = new ArrayList<>();
  private boolean draining;

  public synchronized List<String> done() {
    return List.copyOf(done);
  }

  public synchronized void notReady(String reason) {
    notReady.add(reason);
  }

  @Override
  public Status status() {
    return new Status("host-1", "Running", "0.1.0", Duration.ofSeconds(3), List.of());
  }

  @Override
  public synchronized List<String> notReady() {
    return List.copyOf(notReady);
  }

  @Override
  public synchronized Optional<ClockState> clock() {
    Instant hub = Instant.EPOCH;
    return Optional.of(
        new ClockState(
            hub, hub.plusSeconds(3), done.contains("clock confirmed") ? null : "It has jumped."));
  }

  @Override
  public synchronized void confirmClock() {
    done.add("clock confirmed");
  }

  @Override
  public List<FunctionDefinition> functions() {
    return List.of(
        function("Hello", "httpTrigger", Map.of("route", "greet/{Name}"), false),
        function("Nightly", "timerTrigger", Map.of(), false),
        function("Off", "timerTrigger", Map.of(), true));
  }

  private static FunctionDefinition function(
      String name, String trigger, Map<String, Object> attributes, boolean disabled) {
    return new FunctionDefinition(
        name,
        "app.Functions." + name,
        null,
        List.of(new BindingDefinition(trigger, "in", "x", attributes)),
        FunctionApp.kinds().start(name, new BindingDefinition(trigger, "in", "x", attributes)),
        disabled,
        Map.of("bindings", List.of(Map.of("type", trigger))));
  }

  @Override
  public Map<String, String> failedFunctions() {
    return Map.of("Broken", "'%X%' does not resolve to a value.");
  }

  @Override
  public synchronized CompletableFuture<Void> invoke(String functionName, String triggerValue) {
    if (functionName.equals("Hello") || functionName.equals("Nightly")) {
      done.add(functionName + "(" + triggerValue + ")");
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.failedFuture(new NoSuchElementException(functionName));
  }

  @Override
  public synchronized void restart() {
    done.add("restart");
  }

  @Override
  public synchronized void drain() {
    draining = true;
    done.add("drain");
  }

  @Override
  public synchronized void resume() {
    draining = false;
    done.add("resume");
  }

  @Override
  public synchronized boolean isDraining() {
    return draining;
  }
}
