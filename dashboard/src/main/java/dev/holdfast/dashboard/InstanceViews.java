package dev.holdfast.dashboard;

import dev.holdfast.dashboard.InstanceView.Fact;
import dev.holdfast.dashboard.InstanceView.Linked;
import dev.holdfast.dashboard.InstanceView.Payload;
import dev.holdfast.dashboard.InstanceView.Waiting;
import dev.holdfast.dashboard.shown.Equal;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.dashboard.shown.Moment;
import dev.holdfast.dashboard.shown.Pretty;
import dev.holdfast.dashboard.shown.Shown;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.server.http.keys.Level;
import dev.holdfast.server.http.keys.Visitor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Makes the content of the page of an instance, as one visitor may see it. */
final class InstanceViews {
  private static final int EVENTS = 200;
  private static final int CHILDREN = 100;
  private static final int BARS = 500;

  private final Instant now;
  private final Visitor visitor;
  private final boolean payloads;
  private final String origin;
  private final boolean withKey;

  InstanceViews(Instant now, Visitor visitor, String origin, boolean withKey) {
    this.now = now;
    this.visitor = visitor;
    this.payloads = visitor.may(Level.PAYLOADS);
    this.origin = origin;
    this.withKey = withKey;
  }

  InstanceView of(InstancePage.Found found, int from, String done) {
    OrchestrationState state = found.state();
    String id = state.getInstanceId();
    List<HistoryEvent> history = found.history();
    int first = from < history.size() ? from : 0;
    List<Bar> bars = Bars.of(history, now);
    Why why = found.why();
    return new InstanceView(
        id,
        Shown.name(state.getName() + " " + id),
        new InstanceRow.Maker(now, visitor).of(state),
        done,
        why == null ? "" : Shown.sentence(why.summary()),
        why == null ? List.of() : why.waitingFor().stream().map(this::waiting).toList(),
        lastError(why),
        why == null ? List.of() : why.notices().stream().map(Shown::sentence).toList(),
        parent(state),
        children(history),
        tags(state),
        payloads(state),
        bars.subList(0, Math.min(BARS, bars.size())),
        new HistoryRows(history, now, payloads).window(first, EVENTS),
        first,
        history.size(),
        first == 0 ? "" : window(id, Math.max(0, first - EVENTS)),
        first + EVENTS >= history.size() ? "" : window(id, first + EVENTS),
        visitor.may(Level.OPERATE)
            ? new ActionsOffered(id, origin, withKey).of(state, why)
            : List.of(),
        new Equal(
            Equal.of(origin, withKey, "GET", id, "/why", List.of(), List.of())
                .curl()
                .replace("/webhooks/durabletask/", "/webhooks/holdfast/"),
            Equal.line(List.of("why", id))));
  }

  private static String window(String id, int from) {
    return Links.of("instance", "id", id, "from", String.valueOf(from)) + "#history";
  }

  private String lastError(@Nullable Why why) {
    return why == null || why.lastError() == null || !payloads
        ? ""
        : Shown.sentence(why.lastError());
  }

  private Waiting waiting(Why.Waiting waiting) {
    return new Waiting(
        waiting.kind(),
        Shown.name(waiting.what()),
        waiting.since() == null ? null : Moment.of(waiting.since(), now),
        waiting.until() == null ? null : Moment.of(waiting.until(), now),
        waiting.detail() == null ? "" : Shown.sentence(waiting.detail()));
  }

  private static @Nullable Linked parent(OrchestrationState state) {
    String parent = state.getParentInstanceId().getValue();
    return parent.isEmpty() ? null : new Linked(Shown.name(parent), Links.instance(parent), "");
  }

  private static List<Linked> children(List<HistoryEvent> history) {
    List<Linked> children = new ArrayList<>();
    for (HistoryEvent event : history) {
      if (event.hasSubOrchestrationInstanceCreated() && children.size() < CHILDREN) {
        var child = event.getSubOrchestrationInstanceCreated();
        children.add(
            new Linked(
                Shown.name(child.getInstanceId()),
                Links.instance(child.getInstanceId()),
                Shown.name(child.getName())));
      }
    }
    return children;
  }

  private static List<Fact> tags(OrchestrationState state) {
    List<Fact> tags = new ArrayList<>();
    new TreeMap<>(state.getTagsMap())
        .forEach((name, value) -> tags.add(new Fact(Shown.name(name), Shown.name(value))));
    return tags;
  }

  private List<Payload> payloads(OrchestrationState state) {
    if (!payloads) {
      return List.of();
    }
    List<Payload> shown = new ArrayList<>();
    String id = state.getInstanceId();
    if (state.hasInput()) {
      shown.add(payload("Input", id, "input", state.getInput().getValue()));
    }
    if (state.hasCustomStatus()) {
      shown.add(payload("Custom status", id, "status", state.getCustomStatus().getValue()));
    }
    if (state.hasOutput()) {
      shown.add(payload("Output", id, "output", state.getOutput().getValue()));
    }
    return shown;
  }

  private static Payload payload(String title, String id, String which, String text) {
    return new Payload(
        title,
        Shown.payload(Pretty.json(text)),
        Links.of("payload", "id", id, "which", which),
        text.length());
  }
}
