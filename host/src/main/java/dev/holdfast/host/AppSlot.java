package dev.holdfast.host;

import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.FunctionApp;
import java.util.List;
import java.util.function.Consumer;

/**
 * The place of the app that runs: engine and HTTP hold on to the slot, and the app in it can be exchanged for a newer
 * build of itself.
 */
final class AppSlot implements Executor, AutoCloseable {
  private volatile FunctionApp app;

  AppSlot(FunctionApp app) {
    this.app = app;
  }

  FunctionApp app() {
    return app;
  }

  /**
   * Puts another app in; work that comes from now on is its own.
   *
   * @param swapped told before the old app is closed, which takes as long as what runs in it
   */
  void exchange(FunctionApp next, Consumer<FunctionApp> swapped) {
    FunctionApp last = app;
    app = next;
    swapped.accept(next);
    last.close();
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return app.executor().serves(kind, name);
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return app.executor().places(kind);
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    app.executor().execute(items, answers);
  }

  @Override
  public void close() {
    app.close();
  }
}
