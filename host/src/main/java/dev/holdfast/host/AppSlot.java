package dev.holdfast.host;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.FunctionApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the app that runs. The engine and the HTTP server refer to the slot, so the app in it can
 * be exchanged for a newer build.
 *
 * <p>Apps are drained, never closed: threads of their libraries outlive every call (for example a
 * gRPC channel that was never shut down) and still load classes when their sockets close. A class
 * loader that is no longer used is garbage collected together with its jars.
 */
final class AppSlot implements Executor, AutoCloseable {
  private volatile FunctionApp app;

  /** Holds the former apps that still finish their work. */
  private final List<FunctionApp> ending = new CopyOnWriteArrayList<>();

  private volatile boolean closed;

  AppSlot(FunctionApp app) {
    this.app = app;
  }

  FunctionApp app() {
    return app;
  }

  /**
   * Puts another app into the slot; later work goes to it.
   *
   * @param swapped receives the old app before it is drained, which may take long
   */
  void exchange(FunctionApp next, Consumer<FunctionApp> swapped) {
    FunctionApp last = app;
    ending.add(last);
    try {
      app = next;
      swapped.accept(next);
      last.drain();
    } finally {
      ending.remove(last);
    }
  }

  /** Returns the app that gets new work, and the former apps that still have work. */
  private List<FunctionApp> all() {
    List<FunctionApp> all = new ArrayList<>(ending);
    FunctionApp now = app;
    if (!all.contains(now)) {
      all.add(now);
    }
    return all;
  }

  /**
   * Returns whether the app serves the name. A closed slot returns true for every name, because
   * work that no executor serves would fail and not wait.
   */
  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return closed || app.executor().serves(kind, name);
  }

  @Override
  public boolean takes(WorkItem item) {
    return closed || app.executor().takes(item);
  }

  @Override
  public List<String> lists(WorkItem.Kind kind) {
    return app.executor().lists(kind);
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return closed ? 0 : app.executor().places(kind);
  }

  @Override
  public int places(WorkItem item) {
    return closed ? 0 : app.executor().places(item);
  }

  @Override
  public int taken(WorkItem.Kind kind) {
    return all().stream().mapToInt(one -> one.executor().taken(kind)).sum();
  }

  @Override
  public int queued(WorkItem.Kind kind) {
    return all().stream().mapToInt(one -> one.executor().queued(kind)).sum();
  }

  @Override
  public void recall(Set<Long> tokens, boolean atOnce) {
    all().forEach(one -> one.executor().recall(tokens, atOnce));
  }

  @Override
  public @Nullable String progress(WorkItem.Kind kind, long token) {
    return all().stream()
        .map(one -> one.executor().progress(kind, token))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  @Override
  public @Nullable String holders(WorkItem.Kind kind) {
    return app.executor().holders(kind);
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    app.executor().execute(items, answers);
  }

  /** Stops taking work and waits until the running work has ended. */
  @Override
  public void close() {
    closed = true;
    app.drain();
  }
}
