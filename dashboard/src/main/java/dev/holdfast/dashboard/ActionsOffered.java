package dev.holdfast.dashboard;

import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_FAILED;
import static dev.holdfast.protocol.OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED;

import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.InstanceView.Action;
import dev.holdfast.dashboard.InstanceView.Field;
import dev.holdfast.dashboard.shown.Equal;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says which actions an instance permits in its state, each with the equivalent commands. */
final class ActionsOffered {
  private static final Field REASON = new Field("reason", "Reason", "text", "", false);

  private final String id;
  private final String origin;
  private final boolean withKey;

  ActionsOffered(String id, String origin, boolean withKey) {
    this.id = id;
    this.origin = origin;
    this.withKey = withKey;
  }

  List<Action> of(OrchestrationState state, @Nullable Why why) {
    OrchestrationStatus status = state.getOrchestrationStatus();
    List<Action> actions = new ArrayList<>();
    if (state.hasBlocked()) {
      actions.add(plain("retry", "Try again", "Lets the work that stands still be tried again."));
    }
    if (status == ORCHESTRATION_STATUS_FAILED) {
      actions.add(
          reasoned(
              "rewind",
              "Rewind",
              "Puts the instance to before its failure; what had failed is done again, the rest"
                  + " stays done.",
              false));
    }
    if (!Statuses.isEnded(status)) {
      actions.add(raise(why));
      actions.add(
          status == ORCHESTRATION_STATUS_SUSPENDED
              ? reasoned("resume", "Resume", "Lets the instance go on.", false)
              : reasoned(
                  "suspend",
                  "Suspend",
                  "Holds the instance: what is under way ends, nothing new begins, and messages are"
                      + " kept.",
                  false));
      actions.add(terminate());
    }
    actions.add(restart(Statuses.isEnded(status)));
    if (Statuses.isEnded(status) || state.hasBlocked()) {
      actions.add(purge());
    }
    return actions;
  }

  private Action plain(String path, String title, String help) {
    return new Action(
        path, title, help, false, List.of(), equal("POST", "/" + path, List.of(path, id)));
  }

  private Action reasoned(String path, String title, String help, boolean danger) {
    return new Action(
        path, title, help, danger, List.of(REASON), equal("POST", "/" + path, List.of(path, id)));
  }

  private Action raise(@Nullable Why why) {
    String event =
        why == null
            ? ""
            : why.waitingFor().stream()
                .filter(each -> each.kind().equals("event"))
                .map(Why.Waiting::what)
                .findFirst()
                .orElse("");
    String name = event.isEmpty() ? "EVENT" : event;
    return new Action(
        "raise",
        "Raise an event",
        "Delivers an event to the instance. Events for which it does not wait yet are kept.",
        false,
        List.of(
            new Field("event", "Name of the event", "text", event, true),
            new Field("data", "Data, as JSON", "area", "", false)),
        Equal.of(
            origin,
            withKey,
            "POST",
            id,
            "/raiseEvent/" + Links.escaped(name),
            List.of("-H 'Content-Type: application/json'", "-d 'true'"),
            List.of("raise", id, name, "true")));
  }

  private Action terminate() {
    return new Action(
        "terminate",
        "Terminate",
        "Ends the instance as Terminated. Work that is under way is not waited for, and nothing is"
            + " undone.",
        true,
        List.of(
            REASON, new Field("recursive", "Its sub-orchestrations too", "check", "true", false)),
        equal("POST", "/terminate", List.of("terminate", id)));
  }

  private Action restart(boolean ended) {
    List<Field> fields =
        ended
            ? List.of(
                new Field(
                    "same", "Under the same id, in place of this one", "check", "true", false))
            : List.of();
    return new Action(
        "restart",
        "Start again",
        "Starts a new instance with the same name, input and version.",
        false,
        fields,
        equal("POST", "/restart", List.of("restart", id)));
  }

  private Action purge() {
    return new Action(
        "purge",
        "Purge",
        "Removes the instance with its history for good.",
        true,
        List.of(),
        equal("DELETE", "", List.of("purge", id)));
  }

  private Equal equal(String method, String rest, List<String> command) {
    return Equal.of(origin, withKey, method, id, rest, List.of(), command);
  }
}
