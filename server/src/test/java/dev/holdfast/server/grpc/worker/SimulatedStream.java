package dev.holdfast.server.grpc.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.WorkItem.Kind;
import dev.holdfast.protocol.WorkItem;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One stream of work items as the hub holds it, without a socket below it. */
final class SimulatedStream extends ServerCallStreamObserver<ByteString> {
  final SimulatedWorker worker;
  private final WorkerSettings settings;
  private final Consumer<String> violated;

  /** What the transport is to write, first to last. */
  final Deque<Runnable> tasks = new ArrayDeque<>();

  /** What has come and is not begun. */
  final List<Item> inbox = new ArrayList<>();

  /** What was begun and does not get on. */
  final List<Item> hanging = new ArrayList<>();

  /** What the hub has of it; null when it was turned away. */
  @Nullable RemoteWorker remote;

  boolean ready = true;

  /** The worker has left it without a word. */
  boolean left;

  boolean cancelled;
  boolean ended;
  private @Nullable Runnable onCancel;
  private @Nullable Runnable onReady;

  /** One item that a worker has. */
  record Item(SimulatedStream stream, WorkItem sent) {
    Kind kind() {
      if (sent.hasOrchestratorRequest()) {
        return Kind.ORCHESTRATOR;
      }
      return sent.hasActivityRequest() ? Kind.ACTIVITY : Kind.ENTITY;
    }

    String name() {
      return switch (kind()) {
        case ORCHESTRATOR -> nameOfTurn();
        case ACTIVITY -> sent.getActivityRequest().getName();
        case ENTITY -> "ledger";
      };
    }

    /** History names the orchestrator, unless it is fetched. */
    private String nameOfTurn() {
      var turn = sent.getOrchestratorRequest();
      for (var events : List.of(turn.getPastEventsList(), turn.getNewEventsList())) {
        for (var event : events) {
          if (event.hasExecutionStarted()) {
            return event.getExecutionStarted().getName();
          }
        }
      }
      return "";
    }

    @Override
    public String toString() {
      String id =
          switch (kind()) {
            case ORCHESTRATOR -> sent.getOrchestratorRequest().getInstanceId();
            case ACTIVITY ->
                sent.getActivityRequest().getOrchestrationInstance().getInstanceId()
                    + "#"
                    + sent.getActivityRequest().getTaskId();
            case ENTITY -> sent.getEntityRequestV2().getInstanceId();
          };
      return "%s %s of %s (%.8s)".formatted(kind(), name(), id, sent.getCompletionToken());
    }
  }

  SimulatedStream(SimulatedWorker worker, WorkerSettings settings, Consumer<String> violated) {
    this.worker = worker;
    this.settings = settings;
    this.violated = violated;
  }

  /** Whether items can be worked on that came over it. */
  boolean isOpen() {
    return !cancelled && !ended;
  }

  @Override
  public void onNext(ByteString bytes) {
    if (ended) {
      violated.accept("something was written to " + worker + " after its stream had ended");
    }
    if (cancelled) {
      return;
    }
    if (!ready) {
      violated.accept("something was written to " + worker + ", which does not read");
    }
    WorkItem sent = parsed(bytes);
    if (sent.hasHealthPing() || worker.dead) {
      return;
    }
    Item item = new Item(this, sent);
    inbox.add(item);
    if (!item.name().isEmpty() && !worker.wants(item.kind(), item.name())) {
      violated.accept(worker + " was sent what it has not asked for: " + item);
    }
    if (!left && count(item.kind()) > worker.most(item.kind(), settings)) {
      violated.accept(
          "%s was sent more than the %d of a kind that it takes: %s"
              .formatted(worker, worker.most(item.kind(), settings), item));
    }
  }

  private int count(Kind kind) {
    int count = 0;
    for (List<Item> items : List.of(inbox, hanging)) {
      for (Item item : items) {
        count += item.kind() == kind ? 1 : 0;
      }
    }
    return count;
  }

  private static WorkItem parsed(ByteString bytes) {
    try {
      return WorkItem.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a work item that cannot be read", e);
    }
  }

  @Override
  public void onError(Throwable why) {
    if (ended) {
      violated.accept("the stream of " + worker + " was ended twice");
    }
    ended = true;
  }

  @Override
  public void onCompleted() {
    onError(new IllegalStateException("a stream of work is never complete"));
  }

  /** The hub notices that the other side is gone. */
  void cancel() {
    if (isOpen()) {
      cancelled = true;
      Objects.requireNonNull(onCancel).run();
    }
  }

  void setReady(boolean now) {
    boolean before = ready;
    ready = now;
    if (now && !before && isOpen()) {
      Objects.requireNonNull(onReady).run();
    }
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public boolean isReady() {
    return ready && isOpen();
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}

  @Override
  public void setMessageCompression(boolean enable) {}
}
