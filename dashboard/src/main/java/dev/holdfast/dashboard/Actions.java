package dev.holdfast.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.protocol.PurgeInstancesRequest;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.keys.PageAccess;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonText;
import dev.holdfast.server.json.JsonWriter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the action that a form on the page of an instance requests, and redirects the browser
 * to the page.
 */
final class Actions {
  private static final Logger log = LoggerFactory.getLogger("Host.Dashboard");

  private final Pages pages;
  private final TaskHub hub;

  Actions(Pages pages, TaskHub hub) {
    this.pages = pages;
    this.hub = hub;
  }

  /** Returns a sentence that says what an action has done; "" for a word that is not an action. */
  static String words(String done) {
    return switch (done) {
      case "raise" -> "The event was delivered.";
      case "suspend" -> "The instance was suspended.";
      case "resume" -> "The instance was resumed.";
      case "terminate" -> "The instance was told to end.";
      case "retry" -> "The work that stood still is tried again.";
      case "rewind" -> "The instance was put to before its failure and goes on.";
      case "restart" -> "This instance was started again with the same input.";
      default -> "";
    };
  }

  CompletableFuture<Reply> raise(Request request, PathValues values) {
    Form form = new Form(request);
    String event = form.text("event");
    if (event == null) {
      throw wrong("Name the event: it must be the name for which the orchestrator waits.");
    }
    String data = form.text("data");
    if (data != null) {
      JsonProcessingException problem = JsonText.problem(data);
      if (problem != null) {
        throw wrong(
            "The data of the event is not JSON: "
                + JsonText.inWords(problem)
                + ". Texts need double quotes, like \"yes\".");
      }
    }
    return delivered(form, "raise", hub.raiseEvent(form.id(), event, data == null ? "null" : data));
  }

  CompletableFuture<Reply> suspend(Request request, PathValues values) {
    Form form = new Form(request);
    return delivered(form, "suspend", hub.suspend(form.id(), form.text("reason")));
  }

  CompletableFuture<Reply> resume(Request request, PathValues values) {
    Form form = new Form(request);
    return delivered(form, "resume", hub.resume(form.id(), form.text("reason")));
  }

  CompletableFuture<Reply> terminate(Request request, PathValues values) {
    Form form = new Form(request);
    String reason = form.text("reason");
    String output = reason == null ? null : JsonWriter.quoted(reason);
    return delivered(
        form, "terminate", hub.terminate(form.id(), output, form.text("recursive") != null));
  }

  CompletableFuture<Reply> retry(Request request, PathValues values) {
    Form form = new Form(request);
    return delivered(form, "retry", hub.retry(form.id()));
  }

  CompletableFuture<Reply> rewind(Request request, PathValues values) {
    Form form = new Form(request);
    return hub.rewind(form.id(), form.text("reason"))
        .thenApply(done -> back(form, "rewind", form.id()));
  }

  CompletableFuture<Reply> restart(Request request, PathValues values) {
    Form form = new Form(request);
    return hub.restart(form.id(), form.text("same") == null)
        .thenApply(id -> back(form, "restart", id));
  }

  CompletableFuture<Reply> purge(Request request, PathValues values) {
    Form form = new Form(request);
    return hub.purge(
            PurgeInstancesRequest.newBuilder()
                .setInstanceId(form.id())
                .setIsOrchestration(true)
                .build())
        .thenApply(
            response -> {
              if (response.getDeletedInstanceCount() == 0) {
                throw new RefusedException(
                    Reason.FAILED_PRECONDITION,
                    "Nothing was purged: the instance is gone already, or it has not ended. Terminate"
                        + " it first.");
              }
              told(form, "purge");
              return Html.goTo("instances");
            });
  }

  private CompletableFuture<Reply> delivered(
      Form form, String action, CompletableFuture<Delivery> sent) {
    return sent.thenApply(
        delivery ->
            switch (delivery) {
              case ACCEPTED -> back(form, action, form.id());
              case NO_SUCH_INSTANCE ->
                  throw new RefusedException(
                      Reason.NOT_FOUND,
                      "The instance was never started, or it has been purged meanwhile.");
              case TERMINAL ->
                  throw new RefusedException(
                      Reason.FAILED_PRECONDITION,
                      "The instance has ended, so nothing was done. Its page shows how it ended;"
                          + " restart runs it again with the same input.");
            });
  }

  private Reply back(Form form, String action, String id) {
    told(form, action);
    return Html.goTo(InstancePage.after(id, action));
  }

  private void told(Form form, String action) {
    log.info(
        "Dashboard: {} by {} from {}: instance '{}'",
        action,
        pages.visitor(form.request()).name(),
        form.request().remoteAddress(),
        form.id());
  }

  private static RefusedException wrong(String words) {
    return new RefusedException(Reason.INVALID_ARGUMENT, words);
  }

  /** Reads the fields of a form. */
  private static final class Form {
    private final Request request;
    private final Map<String, String> fields;
    private final String id;

    Form(Request request) {
      this.request = request;
      this.fields = PageAccess.form(request);
      String named = fields.get("id");
      if (named == null) {
        throw wrong("The form names no instance. Open the page of the instance again.");
      }
      this.id = named;
    }

    Request request() {
      return request;
    }

    String id() {
      return id;
    }

    @Nullable String text(String name) {
      String text = fields.get(name);
      return text == null || text.isBlank() ? null : text.trim();
    }
  }
}
