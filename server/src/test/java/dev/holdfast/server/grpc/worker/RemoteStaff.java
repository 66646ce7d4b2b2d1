package dev.holdfast.server.grpc.worker;

import com.google.protobuf.MessageLite;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.dispatch.Workforce;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.server.grpc.worker.SimulatedStream.Item;
import dev.holdfast.simulation.Dice;
import dev.holdfast.simulation.Scene;
import dev.holdfast.simulation.Staff;
import io.grpc.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Remote workers of all sorts and the real {@link Workers}, with nothing but the sockets between
 * them simulated: what is written, read, delivered, lost or noticed next is for the seed to say.
 */
final class RemoteStaff implements Staff {
  private static final int WORKERS_MAX = 4;
  private static final int KEPT_MAX = 30;

  /** Makes what is to be tried, or something broken in its stead. */
  interface Opening {
    Workers open(
        Workforce workforce,
        WorkerSettings settings,
        RandomGenerator dice,
        LongSupplier nanos,
        int longHistoryBytes);
  }

  private final Scene scene;
  private final Opening opening;
  private final Dice dice;
  private final SimulatedCode code;
  private final WorkersJudge judge;
  private final WorkerSettings settings;
  private final int longHistoryBytes;
  private final List<SimulatedWorker> workers = new ArrayList<>();

  /** Answers on their way. */
  private final List<Letter> letters = new ArrayList<>();

  /** Items that were taken from their worker, which may well go on with them. */
  private final List<Item> taken = new ArrayList<>();

  /** How often an item does not get on, of some hundred. */
  private final int hanging;

  /** Those whose trouble ends when nothing else is left to do. */
  private final List<SimulatedWorker> sick = new ArrayList<>();

  private @Nullable Engine engine;
  private @Nullable Workers hub;
  private int connections;
  private boolean healed;

  /** What is still to be delivered of one answer, in this order. */
  private record Letter(SimulatedWorker from, String about, Deque<MessageLite> parts) {}

  RemoteStaff(Scene scene, Opening opening) {
    this.scene = scene;
    this.opening = opening;
    this.dice = scene.dice().split();
    this.code = new SimulatedCode(scene, dice);
    this.judge = new WorkersJudge(scene);
    this.hanging = dice.any(3, 3, 40);
    this.longHistoryBytes = dice.any(0, 300, 2_000, 1_000_000);
    this.settings =
        new WorkerSettings(
            dice.any(1, 3, 100),
            dice.any(1, 4, 16),
            4 << 20,
            256 << 20,
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(10),
            Duration.ofMillis(dice.any(100, 2_000, 300_000)),
            dice.chance(0.5) ? Map.of("flaky", Duration.ofMillis(dice.any(50, 3_000))) : Map.of(),
            dice.chance(0.5) ? Map.of("ledger", Duration.ofMillis(dice.any(50, 3_000))) : Map.of());
    scene.trace("workers " + settings + ", long is " + longHistoryBytes);
  }

  private Workers hub() {
    return Objects.requireNonNull(hub);
  }

  private Engine engine() {
    return Objects.requireNonNull(engine);
  }

  @Override
  public void opening() {
    for (SimulatedWorker worker : workers) {
      worker.streams.forEach(this::takeFrom);
    }
    workers.clear();
    sick.clear();
    letters.removeIf(letter -> dice.chance(0.5));
    hub = null;
  }

  @Override
  public void opened(Engine opened) {
    engine = opened;
    openRooms();
    if (healed) {
      connect(SimulatedWorker.healthy(++connections));
    }
  }

  @Override
  public List<WorkItem> held() {
    List<WorkItem> held = new ArrayList<>();
    for (RemoteWorker worker : hub().all()) {
      worker.inOrder().forEach(handout -> held.add(handout.item));
    }
    return held;
  }

  @Override
  public boolean isIdle() {
    return sick.isEmpty()
        && letters.isEmpty()
        && hub().outstanding() == 0
        && engine().waiting() == 0;
  }

  @Override
  public void check() {
    judge.check(hub(), workers);
  }

  @Override
  public void judge() {
    judge.end(hub(), engine());
  }

  @Override
  public void act() {
    for (int i = dice.between(1, 6); i > 0; i--) {
      step();
      check();
    }
  }

  private void step() {
    switch (dice.weighted(30, 25, 30, 5, 3, 1, scene.hasFaults() ? 8 : 0)) {
      case 0 -> work();
      case 1 -> deliver();
      case 2 -> write();
      case 3 -> connect();
      case 4 -> hub().look();
      case 5 -> hub().ping();
      default -> trouble();
    }
  }

  private List<SimulatedStream> streams(Predicate<SimulatedStream> which) {
    List<SimulatedStream> found = new ArrayList<>();
    for (SimulatedWorker worker : workers) {
      worker.streams.stream().filter(which).forEach(found::add);
    }
    return found;
  }

  private void connect() {
    if (workers.size() < WORKERS_MAX && !healed) {
      connect(SimulatedWorker.drawn(++connections, dice, scene.programs()));
    } else {
      List<SimulatedWorker> idle =
          workers.stream()
              .filter(one -> one.works() && one.streams.stream().noneMatch(s -> s.isOpen()))
              .toList();
      if (!idle.isEmpty()) {
        connectAgain(dice.pick(idle));
      }
    }
  }

  private void connect(SimulatedWorker worker) {
    workers.add(worker);
    open(worker);
  }

  /** Over the connection that it has; what it has without tokens is forgotten before. */
  private void connectAgain(SimulatedWorker worker) {
    if (!worker.tokens) {
      taken.removeIf(item -> item.stream().worker == worker);
      letters.removeIf(letter -> letter.from() == worker);
    }
    worker.streams.removeIf(stream -> !stream.isOpen());
    open(worker);
    scene.count("connected again");
  }

  private void open(SimulatedWorker worker) {
    SimulatedStream stream = new SimulatedStream(worker, settings, scene::violated);
    worker.streams.add(stream);
    Context context = Caller.allowed(worker.caller.in(Context.current()), () -> !worker.locked);
    context.run(() -> hub().open(worker.request, stream, stream.tasks::add));
    List<RemoteWorker> open = hub().all();
    if (!stream.ended) {
      stream.remote = open.get(open.size() - 1);
    }
    scene.trace("connected " + stream.remote);
    scene.count("connected " + worker.caller.agent().split("/", 2)[0]);
  }

  /** The transport writes something. */
  private void write() {
    List<SimulatedStream> some = streams(stream -> !stream.tasks.isEmpty());
    if (!some.isEmpty()) {
      dice.pick(some).tasks.remove().run();
    }
  }

  /** A worker does one of its items. */
  private void work() {
    List<SimulatedStream> some = streams(RemoteStaff::hasWork);
    if (!some.isEmpty()) {
      SimulatedStream stream = dice.pick(some);
      int which = stream.worker.serial ? 0 : dice.between(0, stream.inbox.size() - 1);
      work(stream.inbox.remove(which));
    }
  }

  /** Who does one item after the other does none behind one that hangs. */
  private static boolean hasWork(SimulatedStream stream) {
    return stream.worker.works()
        && !stream.left
        && !stream.inbox.isEmpty()
        && !(stream.worker.serial && !stream.hanging.isEmpty());
  }

  private void work(Item item) {
    boolean tokens = item.stream().worker.tokens;
    int fate =
        scene.hasFaults() ? dice.weighted(80, tokens ? 7 : 0, tokens ? 4 : 0, hanging, 1, 4, 3) : 0;
    scene.trace("%s does %s: %d".formatted(item.stream().worker, item, fate));
    switch (fate) {
      case 1 -> {
        List<MessageLite> parts = answerOf(item, false);
        send(item, parts);
        send(item, parts);
        scene.count("answered twice");
      }
      case 2 -> {
        hub().abandon(item.sent().getCompletionToken(), null);
        scene.count("abandoned");
      }
      case 3 -> {
        item.stream().hanging.add(item);
        scene.count("hangs");
      }
      case 4 -> {
        if (item.kind() == WorkItem.Kind.ACTIVITY) {
          answer(item, false);
        } else {
          send(item, List.of(SimulatedCode.forgetful(item)));
          scene.count("asked for what it was sent");
        }
      }
      case 5 -> answerHalf(item);
      case 6 -> {
        answer(item, true);
        scene.count("did a part");
      }
      default -> answer(item, false);
    }
  }

  private void answer(Item item, boolean partly) {
    send(item, answerOf(item, partly));
  }

  /** Some of its chunks are sent, the others are not. */
  private void answerHalf(Item item) {
    List<MessageLite> parts = answerOf(item, false);
    if (parts.size() > 1) {
      send(item, parts.subList(0, dice.between(1, parts.size() - 1)));
      item.stream().hanging.add(item);
      scene.count("half of the chunks");
    } else {
      send(item, parts);
    }
  }

  private List<MessageLite> answerOf(Item item, boolean partly) {
    OrchestratorRequest turn = item.sent().getOrchestratorRequest();
    if (!turn.getRequiresHistoryStreaming()) {
      return code.run(item, turn, partly);
    }
    scene.count("history fetched");
    if (!isNewest(item)) {
      // It would get that of another turn, or none.
      scene.count("history gone");
      return List.of(SimulatedCode.forgetful(item));
    }
    var history = historyOf(item.stream().worker, turn);
    if (history.isEmpty()) {
      scene.violated("a worker has " + item + ", but cannot get its history");
      return List.of(SimulatedCode.forgetful(item));
    }
    return code.run(
        item,
        turn.toBuilder()
            .clearRequiresHistoryStreaming()
            .addAllPastEvents(history.orElseThrow())
            .build(),
        partly);
  }

  private Optional<List<HistoryEvent>> historyOf(SimulatedWorker worker, OrchestratorRequest turn) {
    AtomicReference<Optional<List<HistoryEvent>>> history = new AtomicReference<>(Optional.empty());
    as(
        worker,
        () -> history.set(hub().historyOf(turn.getInstanceId(), turn.getExecutionId().getValue())));
    return history.get();
  }

  private static void as(SimulatedWorker worker, Runnable call) {
    worker.caller.in(Context.current()).run(call);
  }

  /** A worker that has several turns of an instance cannot say for which it wants the history. */
  private boolean isNewest(Item item) {
    RemoteWorker remote = item.stream().remote;
    if (remote == null || !hub().all().contains(remote)) {
      return false;
    }
    Handout newest =
        remote.newest(
            new Handout.Task(
                item.sent().getOrchestratorRequest().getInstanceId(), Handout.Task.TURN));
    return newest != null && newest.token.equals(item.sent().getCompletionToken());
  }

  /** Who runs one item after the other waits for the answer to its answer. */
  private void send(Item item, List<MessageLite> parts) {
    SimulatedWorker worker = item.stream().worker;
    if (worker.serial) {
      for (MessageLite part : parts) {
        complete(worker, part);
      }
    } else {
      letters.add(new Letter(worker, item.toString(), new ArrayDeque<>(parts)));
    }
  }

  private void deliver() {
    if (!letters.isEmpty()) {
      Letter letter = dice.pick(letters);
      scene.trace(
          "%s answers %s, %d to come"
              .formatted(letter.from(), letter.about(), letter.parts().size() - 1));
      complete(letter.from(), letter.parts().remove());
      if (letter.parts().isEmpty()) {
        letters.remove(letter);
      }
    }
  }

  private void complete(SimulatedWorker from, MessageLite answer) {
    long ignored = hub().ignored();
    as(
        from,
        () -> {
          if (answer instanceof OrchestratorResponse turn) {
            hub().complete(turn);
          } else if (answer instanceof ActivityResponse activity) {
            hub().complete(activity);
          } else {
            hub().complete((EntityBatchResult) answer);
          }
        });
    if (hub().ignored() > ignored) {
      scene.count("answer for nothing");
    }
  }

  /** Something goes wrong. */
  private void trouble() {
    if (dice.chance(0.02)) {
      stopTheHost();
      return;
    }
    if (workers.isEmpty()) {
      return;
    }
    SimulatedWorker worker = dice.pick(workers);
    switch (dice.weighted(2, 2, 8, 4, 3, 3, 2, 2, 1)) {
      case 0 -> {
        worker.dead = true;
        scene.count("worker died");
      }
      case 1 -> {
        worker.frozen = true;
        scene.count("worker froze");
      }
      case 2 -> {
        worker.frozen = false;
        thaw(worker);
      }
      case 3 -> {
        if (!worker.works() || dice.chance(0.2)) {
          disconnect(worker);
        }
      }
      case 4 -> {
        worker.streams.forEach(stream -> stream.setReady(false));
        scene.count("reads slowly");
      }
      case 5 -> worker.streams.forEach(stream -> stream.setReady(true));
      case 6 -> openAnother(worker);
      case 7 -> leave(worker);
      default -> {
        worker.locked = true;
        scene.count("key gone");
      }
    }
  }

  /** What did not get on does so, or is done anew. */
  private void thaw(SimulatedWorker worker) {
    for (SimulatedStream stream : worker.streams) {
      if (!stream.hanging.isEmpty() && !worker.dead && !stream.left) {
        answer(stream.hanging.remove(0), false);
        scene.count("went on");
      }
    }
  }

  /** The connection breaks, and the hub notices. */
  private void disconnect(SimulatedWorker worker) {
    scene.trace("gone " + worker);
    scene.count("connection lost");
    workers.remove(worker);
    for (SimulatedStream stream : worker.streams) {
      stream.cancel();
      takeFrom(stream);
    }
    letters.removeIf(letter -> letter.from() == worker && dice.chance(0.5));
  }

  /** The worker ends its stream, and keeps its connection. */
  private void leave(SimulatedWorker worker) {
    for (SimulatedStream stream : worker.streams) {
      if (stream.isOpen()) {
        stream.cancel();
        takeFrom(stream);
        scene.count("stream cancelled");
      }
    }
  }

  /** What was with a worker may be answered late. */
  private void takeFrom(SimulatedStream stream) {
    for (List<Item> items : List.of(stream.inbox, stream.hanging)) {
      for (Item item : items) {
        if (!stream.worker.dead && !stream.left && dice.chance(0.5)) {
          taken.add(item);
          if (taken.size() > KEPT_MAX) {
            taken.remove(0);
          }
        }
      }
      items.clear();
    }
  }

  /**
   * A Java worker whose answer was not taken leaves its stream without a word. The answer may have
   * arrived all the same.
   */
  private void openAnother(SimulatedWorker worker) {
    if (!worker.caller.isJava() || !worker.works()) {
      return;
    }
    List<SimulatedStream> open = worker.streams.stream().filter(s -> s.isOpen()).toList();
    if (open.isEmpty()) {
      return;
    }
    SimulatedStream last = open.get(open.size() - 1);
    if (worker.serial && !last.inbox.isEmpty() && last.hanging.isEmpty() && dice.chance(0.5)) {
      answer(last.inbox.remove(0), false);
    }
    scene.trace("opens another stream: " + worker);
    open.forEach(
        stream -> {
          stream.left = true;
          stream.inbox.clear();
          stream.hanging.clear();
        });
    connectAgain(worker);
    scene.count("opened another stream");
  }

  /** It stops in good order, and another begins in the same process. */
  private void stopTheHost() {
    hub().stop();
    scene.trace("the host stops");
    scene.count("host stopped");
    for (SimulatedWorker worker : workers) {
      for (SimulatedStream stream : worker.streams) {
        runAll(stream);
        takeFrom(stream);
      }
    }
    judge.stopped(hub());
    openRooms();
  }

  /**
   * New bookkeeping does not know what the old one has handed out. An answer from before, without a
   * token, cannot be told from one to a later execution of the same instance: docs/decisions/0010
   * has it as the price of such workers.
   */
  private void openRooms() {
    hub = opening.open(engine(), settings, dice.generator(), scene::nanos, longHistoryBytes);
    taken.removeIf(item -> !item.stream().worker.tokens);
    letters.removeIf(letter -> !letter.from().tokens);
  }

  private static int runAll(SimulatedStream stream) {
    int done = 0;
    while (!stream.tasks.isEmpty()) {
      stream.tasks.remove().run();
      done++;
    }
    return done;
  }

  @Override
  public void answerOld() {
    if (!taken.isEmpty()) {
      Item item = dice.pick(taken);
      if (!item.stream().worker.tokens || dice.chance(0.7)) {
        taken.remove(item);
      }
      if (!item.sent().getOrchestratorRequest().getRequiresHistoryStreaming()) {
        scene.trace("%s answers late: %s".formatted(item.stream().worker, item));
        scene.count("late answer of " + item.kind());
        for (MessageLite part : code.run(item, item.sent().getOrchestratorRequest(), false)) {
          complete(item.stream().worker, part);
        }
      }
    }
  }

  @Override
  public void change() {
    if (!workers.isEmpty()) {
      disconnect(dice.pick(workers));
    }
  }

  @Override
  public void heal() {
    healed = true;
    for (SimulatedWorker worker : workers) {
      if (dice.chance(0.3)) {
        worker.streams.forEach(stream -> stream.setReady(false));
      }
      if (isBeyondHelp(worker) || worker.streams.stream().anyMatch(stream -> !stream.ready)) {
        sick.add(worker);
      }
    }
    connect(SimulatedWorker.healthy(++connections));
  }

  private static boolean isBeyondHelp(SimulatedWorker worker) {
    return !worker.works()
        || worker.locked
        || worker.streams.stream().anyMatch(stream -> stream.left || !stream.hanging.isEmpty());
  }

  private void healOne() {
    SimulatedWorker worker = sick.remove(dice.between(0, sick.size() - 1));
    if (isBeyondHelp(worker)) {
      disconnect(worker);
    } else {
      worker.streams.forEach(stream -> stream.setReady(true));
    }
  }

  @Override
  public int settle() {
    hub().look();
    hub().ping();
    int done = 0;
    for (SimulatedStream stream : streams(stream -> true)) {
      done += runAll(stream);
      while (hasWork(stream)) {
        work(stream.inbox.remove(0));
        done++;
      }
    }
    while (!letters.isEmpty()) {
      deliver();
      done++;
    }
    if (done == 0 && !sick.isEmpty()) {
      healOne();
      done++;
    }
    check();
    return done;
  }

  @Override
  public void rest() {
    if (healed) {
      judge.rest(hub(), engine());
    }
  }
}
