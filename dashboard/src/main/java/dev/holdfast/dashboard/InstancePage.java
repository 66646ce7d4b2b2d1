package dev.holdfast.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.engine.HubInstances;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Shows one instance: what it waits for, what it has done, and the actions that are possible. */
final class InstancePage {
  private final Pages pages;
  private final HubInstances hub;

  InstancePage(Pages pages, TaskHub hub) {
    this.pages = pages;
    this.hub = hub;
  }

  /** Holds the state and the explanation of an instance. */
  record Found(OrchestrationState state, @Nullable Why why, List<HistoryEvent> history) {}

  CompletableFuture<Reply> show(Request request, PathValues values) {
    String id = id(request);
    return find(id)
        .thenApply(
            found -> {
              if (found.isEmpty()) {
                return unknown(request);
              }
              InstanceView view =
                  new InstanceViews(
                          pages.now(),
                          pages.visitor(request),
                          request.origin(),
                          pages.asksForKeys())
                      .of(found.get(), from(request), done(request));
              return pages.page(request, "instance", view.title(), "instances", view);
            });
  }

  private CompletableFuture<Optional<Found>> find(String id) {
    return hub.get(id, true)
        .thenCompose(
            state ->
                state.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : hub.why(id)
                        .thenCombine(
                            hub.history(id),
                            (why, history) ->
                                Optional.of(
                                    new Found(
                                        state.get(),
                                        why.orElse(null),
                                        history.orElse(List.of())))));
  }

  /** Sends one payload as a file, unchanged, so that no browser shows it as a page. */
  CompletableFuture<Reply> payload(Request request, PathValues values) {
    String which = request.query().text("which");
    return hub.get(id(request), true)
        .thenApply(
            found ->
                found
                    .map(state -> text(state, which == null ? "" : which))
                    .map(text -> file(text, which))
                    .orElseGet(() -> unknown(request)));
  }

  private static @Nullable String text(OrchestrationState state, String which) {
    return switch (which) {
      case "input" -> state.hasInput() ? state.getInput().getValue() : null;
      case "output" -> state.hasOutput() ? state.getOutput().getValue() : null;
      case "status" -> state.hasCustomStatus() ? state.getCustomStatus().getValue() : null;
      default -> null;
    };
  }

  private static Reply file(String text, @Nullable String which) {
    return Html.guarded(new Reply(200, text.getBytes(UTF_8), "application/octet-stream", List.of()))
        .with("Content-Disposition", "attachment; filename=\"" + which + ".json\"");
  }

  private Reply unknown(Request request) {
    return pages.problem(
        request,
        404,
        new Problem(
            "There is no such instance",
            "It was never started, or it has been purged. './holdfast list' shows what there is.",
            "instances",
            "To the list of instances"));
  }

  /** Returns the instance id in the request, exactly as the client sent it. */
  static String id(Request request) {
    String id = request.query().parameters().get("id");
    if (id == null) {
      throw new RefusedException(
          Reason.INVALID_ARGUMENT, "The link names no instance. Choose one from the list.");
    }
    return id;
  }

  static int from(Request request) {
    try {
      String from = request.query().text("from");
      return from == null ? 0 : Math.max(0, Integer.parseInt(from));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String done(Request request) {
    String done = request.query().text("done");
    return done == null ? "" : Actions.words(done);
  }

  /** Returns the link to the page after an action. */
  static String after(String id, String action) {
    return Links.of("instance", "id", id, "done", action);
  }
}
