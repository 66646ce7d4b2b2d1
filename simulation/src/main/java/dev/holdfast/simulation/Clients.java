package dev.holdfast.simulation;

import com.google.protobuf.StringValue;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Times;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.TaskHub.Delivery;
import dev.holdfast.engine.program.Numbered;
import dev.holdfast.protocol.CreateInstanceRequest;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationIdReusePolicy;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.PurgeInstancesRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/**
 * Simulates clients that send requests to the hub, remember the answers, and notice when a later
 * answer contradicts an earlier one.
 */
final class Clients {
  /**
   * Lists are read up to this limit, which is larger than the number of instances whose id begins
   * with the id of a subject.
   */
  private static final int LIST_MAX = 10_000;

  private final World world;
  private final Dice dice;
  private final Trace trace;
  private final List<Subject> subjects;
  private final List<Request<?>> underWay = new ArrayList<>();
  private int requests;
  private int attempts;

  /** Holds a request that has not been answered. */
  private static final class Request<T> {
    private final int number;
    private final Kind kind;
    private final Subject subject;
    private final Told toldBefore;
    private final RequestCounts doneBefore;
    private final CompletableFuture<T> answer;
    private final Runnable lost;

    private Request(
        int number, Kind kind, Subject subject, CompletableFuture<T> answer, Runnable lost) {
      this.number = number;
      this.kind = kind;
      this.subject = subject;
      this.toldBefore = subject.told;
      this.doneBefore = subject.done.copy();
      this.answer = answer;
      this.lost = lost;
    }

    @Override
    public String toString() {
      return "#" + number + " " + kind + " " + subject;
    }
  }

  Clients(World world, Dice dice, List<Subject> subjects) {
    this.world = world;
    this.dice = dice;
    this.trace = world.trace();
    this.subjects = subjects;
  }

  List<Subject> subjects() {
    return subjects;
  }

  private TaskHub hub() {
    return world.engine().taskHub();
  }

  /** Drops all requests to the process that died, because they get no answer. */
  void crashed() {
    List<Request<?>> gone = List.copyOf(underWay);
    underWay.clear();
    for (Request<?> request : gone) {
      request.subject.done.add(request.kind);
      request.lost.run();
      trace.add("lost " + request);
      trace.count("request lost by a crash");
    }
  }

  private <T> void ask(
      Kind kind,
      Subject subject,
      String what,
      CompletableFuture<T> answer,
      BiConsumer<Request<?>, T> answered) {
    ask(kind, subject, what, answer, answered, (request, why) -> {}, () -> {});
  }

  private <T> void ask(
      Kind kind,
      Subject subject,
      String what,
      CompletableFuture<T> answer,
      BiConsumer<Request<?>, T> answered,
      BiConsumer<Request<?>, RefusedException> refused,
      Runnable lost) {
    Request<T> request = new Request<>(++requests, kind, subject, answer, lost);
    subject.asked.add(kind);
    underWay.add(request);
    trace.add("ask " + request + " " + what);
    trace.count("asked " + kind);
    var unused =
        answer.whenComplete(
            (value, failure) -> {
              if (!underWay.remove(request)) {
                return;
              }
              subject.done.add(kind);
              if (failure == null) {
                answered.accept(request, value);
              } else if (cause(failure) instanceof RefusedException why) {
                trace.add("refused " + request + " " + why.reason());
                trace.count("refused " + why.reason());
                refused.accept(request, why);
              } else if (!answer.isCancelled()) {
                world.violated(request + " was answered with " + failure, failure);
              }
            });
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Remembers an answer, and reports a violation if it contradicts earlier answers. */
  private void told(Request<?> request, Told now) {
    Subject subject = request.subject;
    trace.add("told " + request + " " + words(now));
    String wrong = request.toldBefore.forbids(now, subject.asked, subject.continues());
    if (wrong != null) {
      world.violated(
          "%s was told something that contradicts what was told before: %s.%nBefore: %s%nNow: %s"
              .formatted(request, wrong, words(request.toldBefore), words(now)),
          null);
    }
    if (subject.told.forbids(now, subject.asked, subject.continues()) == null) {
      boolean tellsMore =
          now.state() != null
              || !now.exists()
              || !subject.told.exists()
              || (now.ended() && !subject.told.ended())
              || (now.held() && !subject.told.held());
      if (tellsMore) {
        subject.told = now;
      }
    }
  }

  private static String words(Told told) {
    if (!told.exists()) {
      return "absent";
    }
    OrchestrationState state = told.state();
    return state == null
        ? "there" + (told.ended() ? ", ended" : "") + (told.held() ? ", held" : "")
        : "%s %s updated %d output %s"
            .formatted(
                state.getOrchestrationStatus(),
                state.getExecutionId().getValue(),
                Times.micros(state.getLastUpdatedTimestamp()),
                state.getOutput().getValue());
  }

  private void told(Request<?> request, Optional<OrchestrationState> state) {
    told(
        request,
        state
            .map(found -> Told.of(found, request.doneBefore))
            .orElseGet(() -> Told.absent(request.doneBefore)));
  }

  private void told(Request<?> request, Delivery delivery) {
    trace.count("delivery " + delivery);
    told(
        request,
        delivery == Delivery.NO_SUCH_INSTANCE
            ? Told.absent(request.doneBefore)
            : new Told(true, delivery == Delivery.TERMINAL, false, null, request.doneBefore));
  }

  /** Lets one client send a request that the dice choose. */
  void act() {
    Subject subject = dice.pick(subjects);
    if (!subject.startAcknowledged) {
      if (mayStart(subject)) {
        start(subject, false);
      } else {
        get(subject);
      }
      return;
    }
    boolean controlled = subject.controlled && world.workload().control();
    switch (dice.weighted(
        5,
        3,
        8,
        2,
        world.workload().control() ? 2 : 0,
        3,
        controlled ? 1 : 0,
        controlled ? 1 : 0,
        controlled ? 1 : 0,
        controlled ? 1 : 0,
        world.workload().executorFaults() ? 2 : 0)) {
      case 0 -> {
        if (dice.chance(0.3)) {
          list(subject);
        } else {
          get(subject);
        }
      }
      case 1 -> await(subject);
      case 2 -> raiseNext(subject);
      case 3 -> noise(subject);
      case 4 -> suspend(subject);
      case 5 -> resume(subject);
      case 6 -> terminate(subject);
      case 7 -> purge(subject);
      case 8 -> rewind(subject);
      case 10 -> retryBlocked();
      default -> startAgain(subject);
    }
  }

  private boolean mayStart(Subject subject) {
    return subject.startsUnderWay == 0
        && (subject.first == null || subject.first.startAcknowledged);
  }

  private static OrchestrationIdReusePolicy policy(OrchestrationStatus... replaceable) {
    return OrchestrationIdReusePolicy.newBuilder()
        .addAllReplaceableStatus(List.of(replaceable))
        .build();
  }

  /**
   * Starts the subject's instance.
   *
   * @param again true when an instance may exist and may be replaced
   */
  private void start(Subject subject, boolean again) {
    String input = "in" + ++attempts;
    CreateInstanceRequest.Builder request =
        CreateInstanceRequest.newBuilder()
            .setInstanceId(subject.id)
            .setName(subject.program.name())
            .setInput(StringValue.of(input));
    if (!again) {
      request.setOrchestrationIdReusePolicy(policy());
    } else {
      switch (dice.between(0, 2)) {
        case 0 ->
            request.setOrchestrationIdReusePolicy(
                policy(
                    OrchestrationStatus.ORCHESTRATION_STATUS_PENDING,
                    OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
                    OrchestrationStatus.ORCHESTRATION_STATUS_SUSPENDED,
                    OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED,
                    OrchestrationStatus.ORCHESTRATION_STATUS_FAILED,
                    OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED));
        case 1 ->
            request.setOrchestrationIdReusePolicy(
                policy(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED));
        default -> {
          // A start without a policy replaces an ended instance.
        }
      }
    }
    if (dice.chance(0.2)) {
      request.setScheduledStartTimestamp(
          Times.timestamp(world.micros() + dice.between(-100_000L, 30_000_000L)));
      trace.count("scheduled start");
    }
    if (dice.chance(0.3)) {
      request.putTags("tag", input);
    }
    subject.startsUnderWay++;
    subject.inputs.add(input);
    ask(
        Kind.START,
        subject,
        input + (again ? " again" : ""),
        hub().start(request.build()),
        (asked, id) -> started(asked, input),
        (asked, why) -> notStarted(asked, input, why),
        () -> maybeStarted(subject));
  }

  private static void maybeStarted(Subject subject) {
    subject.startsUnderWay--;
    subject.maybeTerminated |= subject.terminated;
    subject.terminated = false;
  }

  private void started(Request<?> request, String input) {
    Subject subject = request.subject;
    subject.startsUnderWay--;
    subject.startAcknowledged = true;
    subject.inputs.subList(0, subject.inputs.indexOf(input)).clear();
    subject.terminated = false;
    // Requests that had ended when the start was sent took effect before it; all others may have
    // taken effect after it.
    subject.maybeTerminated = subject.isNewer(Kind.TERMINATE, request.doneBefore);
    subject.maybePurged = subject.isNewer(Kind.PURGE, request.doneBefore);
    told(request, new Told(true, false, false, null, request.doneBefore));
  }

  private boolean isUnderWay(Subject subject, Kind kind) {
    return underWay.stream().anyMatch(r -> r.subject == subject && r.kind == kind);
  }

  private void notStarted(Request<?> request, String input, RefusedException why) {
    Subject subject = request.subject;
    subject.startsUnderWay--;
    subject.inputs.remove(input);
    if (why.reason() == RefusedException.Reason.ALREADY_EXISTS) {
      subject.startAcknowledged = true;
      told(request, new Told(true, false, false, null, request.doneBefore));
    }
  }

  private void startAgain(Subject subject) {
    if (subject.startsUnderWay == 0 && subject.toRaise.isEmpty()) {
      start(subject, true);
    }
  }

  void get(Subject subject) {
    ask(
        Kind.GET,
        subject,
        "",
        hub().get(subject.id, true),
        (request, state) -> told(request, state));
  }

  /**
   * Looks the subject up in a list, which must show the same state as a read of the single
   * instance.
   */
  private void list(Subject subject) {
    ask(
        Kind.LIST,
        subject,
        "",
        hub()
            .query(
                InstanceQuery.newBuilder()
                    .setInstanceIdPrefix(StringValue.of(subject.id))
                    .setFetchInputsAndOutputs(true)
                    .setMaxInstanceCount(LIST_MAX)
                    .build()),
        (request, page) ->
            told(
                request,
                page.getOrchestrationStateList().stream()
                    .filter(state -> state.getInstanceId().equals(subject.id))
                    .findFirst()));
  }

  private void await(Subject subject) {
    boolean end = dice.chance(0.7);
    ask(
        Kind.WAIT,
        subject,
        end ? "end" : "start",
        end ? hub().waitForCompletion(subject.id, true) : hub().waitForStart(subject.id, true),
        (request, state) -> {
          trace.count("wait answered");
          state.ifPresent(found -> awaited(request, found, end));
          told(request, state);
        });
  }

  private void awaited(Request<?> request, OrchestrationState found, boolean end) {
    boolean over =
        end
            ? Statuses.isEnded(found.getOrchestrationStatus())
            : found.getOrchestrationStatus() != OrchestrationStatus.ORCHESTRATION_STATUS_PENDING;
    if (!over) {
      world.violated(request + " was answered too early: " + found, null);
    }
  }

  /** Lets one client give up waiting. */
  void giveUpWaiting() {
    for (Request<?> request : underWay) {
      if (request.kind == Kind.WAIT) {
        trace.add("give up " + request);
        trace.count("wait given up");
        request.answer.cancel(false);
        return;
      }
    }
  }

  private void raiseNext(Subject subject) {
    String event = subject.nextToRaise();
    if (event == null || subject.raisesUnderWay > 0) {
      get(subject);
      return;
    }
    int number = subject.raised.getOrDefault(event, 0) + 1;
    String payload = new Numbered(number, "client" + ++attempts).toString();
    subject.raisesUnderWay++;
    ask(
        Kind.RAISE,
        subject,
        event + " " + payload,
        hub().raiseEvent(subject.id, event, payload),
        (request, delivery) -> {
          subject.raisesUnderWay--;
          if (delivery == Delivery.ACCEPTED) {
            subject.raised.put(event, number);
          }
          told(request, delivery);
        },
        (request, why) -> subject.raisesUnderWay--,
        () -> subject.raisesUnderWay--);
  }

  /** Raises an event that no program awaits. */
  private void noise(Subject subject) {
    String payload = new Numbered(1, "noise" + ++attempts).toString();
    ask(
        Kind.RAISE,
        subject,
        "noise " + payload,
        hub().raiseEvent(subject.id, "noise", payload),
        (request, delivery) -> told(request, delivery));
  }

  private void suspend(Subject subject) {
    ask(
        Kind.SUSPEND,
        subject,
        "",
        hub().suspend(subject.id, "\"hold\""),
        (request, delivery) -> {
          trace.count("delivery " + delivery);
          told(
              request,
              new Told(
                  delivery != Delivery.NO_SUCH_INSTANCE,
                  delivery == Delivery.TERMINAL,
                  delivery == Delivery.ACCEPTED,
                  null,
                  request.doneBefore));
        });
  }

  void resume(Subject subject) {
    ask(
        Kind.RESUME,
        subject,
        "",
        hub().resume(subject.id, null),
        (request, delivery) -> told(request, delivery));
  }

  private void terminate(Subject subject) {
    subject.maybeTerminated = true;
    ask(
        Kind.TERMINATE,
        subject,
        "",
        hub().terminate(subject.id, "\"over\"", dice.chance(0.5)),
        (request, delivery) -> {
          if (delivery == Delivery.ACCEPTED && !isUnderWay(subject, Kind.START)) {
            subject.terminated = true;
          }
          trace.count("delivery " + delivery);
          told(
              request,
              new Told(
                  delivery != Delivery.NO_SUCH_INSTANCE,
                  delivery != Delivery.NO_SUCH_INSTANCE,
                  false,
                  null,
                  request.doneBefore));
        });
  }

  private void purge(Subject subject) {
    if (!subject.toRaise.isEmpty() && dice.chance(0.7)) {
      return;
    }
    subject.maybePurged = true;
    boolean recursive = dice.chance(0.5);
    ask(
        Kind.PURGE,
        subject,
        recursive ? "recursive" : "",
        hub()
            .purge(
                PurgeInstancesRequest.newBuilder()
                    .setInstanceId(subject.id)
                    .setRecursive(recursive)
                    .build()),
        (request, done) -> {
          if (done.getDeletedInstanceCount() > 0) {
            trace.count("purged");
            if (!recursive && !isUnderWay(subject, Kind.START)) {
              told(request, Told.absent(request.doneBefore));
            }
          }
        });
  }

  void rewind(Subject subject) {
    ask(
        Kind.REWIND,
        subject,
        "",
        hub().rewind(subject.id, "again"),
        (request, done) -> trace.count("rewound"));
  }

  /**
   * Retries all blocked instances.
   *
   * @return whether any instance was blocked
   */
  boolean retryBlocked() {
    List<Rows.Keyed> blocked = world.memory().records(Blocked.NAMESPACE);
    for (Rows.Keyed one : blocked) {
      trace.add("retry " + one.name());
      trace.count("tried again");
      var unused = hub().retry(one.name());
    }
    return !blocked.isEmpty();
  }

  /**
   * Lets all clients complete their plans; returns false when no client has anything left to do.
   */
  boolean finish() {
    boolean any = false;
    for (Subject subject : subjects) {
      any |= finish(subject);
    }
    return any;
  }

  private boolean finish(Subject subject) {
    if (isUnderWay(subject, Kind.GET) || subject.startsUnderWay + subject.raisesUnderWay > 0) {
      return true;
    }
    Told told = subject.told;
    if (!subject.startAcknowledged) {
      if (mayStart(subject)) {
        start(subject, false);
      }
      return true;
    }
    OrchestrationState state = told.state();
    if (subject.isOutdated(told)) {
      get(subject);
      return true;
    }
    if (told.exists() && !told.ended() && told.held()) {
      resume(subject);
    } else if (!told.ended() && told.exists() && subject.nextToRaise() != null) {
      raiseNext(subject);
    } else if (state != null
        && state.getOrchestrationStatus() == OrchestrationStatus.ORCHESTRATION_STATUS_FAILED
        && world.completes(subject)) {
      rewind(subject);
    } else if (told.exists() && (state == null || !told.ended())) {
      if (state == null || world.hasMoved(subject.id, state)) {
        get(subject);
      }
      return true;
    } else {
      return false;
    }
    get(subject);
    return true;
  }

  /** Returns the unanswered requests that should have been answered by now. */
  List<String> unanswered() {
    List<String> unanswered = new ArrayList<>();
    for (Request<?> request : underWay) {
      boolean mayWait = request.kind == Kind.WAIT && !request.subject.told.ended();
      if (!mayWait) {
        unanswered.add(request.toString());
      }
    }
    return unanswered;
  }
}
