package dev.holdfast.host.chaos;

import dev.holdfast.host.chaos.Caller.Reply;
import dev.holdfast.host.chaos.Story.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Clients that start instances and send them messages, and never give up: what was surely not done
 * is tried again, and so is what nobody knows.
 *
 * <p>No more than a window of instances is under way at once; so the load follows what the host can
 * take, and what is left when it stops is soon done.
 */
final class Load implements AutoCloseable {
  private static final int CLIENTS = 6;
  private static final int WINDOW = 150;
  private static final Kind[] KINDS = Kind.values();

  private final Caller caller;
  private final Judge judge;
  private final Random dice;
  private final String run;
  private final Semaphore window = new Semaphore(WINDOW);
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger playing = new AtomicInteger();
  private final Queue<Story> stories = new ConcurrentLinkedQueue<>();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong unknown = new AtomicLong();
  private final AtomicLong notNow = new AtomicLong();
  private final AtomicLong rounds = new AtomicLong();
  private volatile boolean enough;

  Load(Caller caller, Judge judge, long seed) {
    this.caller = caller;
    this.judge = judge;
    this.dice = new Random(seed);
    this.run = Long.toString(seed & 0xffffffL, 36);
  }

  /** Begins to start instances, and to look after those that are under way. */
  Load begin() {
    threads.execute(() -> guarded(this::startAll));
    threads.execute(() -> guarded(this::watchAll));
    return this;
  }

  /** A client that fails would stop asking, and all would look well. */
  private void guarded(Runnable part) {
    try {
      part.run();
    } catch (GivenUpException e) {
      return; // The test is over.
    } catch (RuntimeException | AssertionError e) {
      judge.wrong("a client failed: " + e);
      throw e;
    }
  }

  private void startAll() {
    try {
      for (int i = 0; !enough; i++) {
        window.acquire();
        Story story = story(i);
        stories.add(story);
        play(() -> tell(story));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Story story(int i) {
    Kind kind = KINDS[dice.nextInt(KINDS.length)];
    int number =
        switch (kind) {
          case CHAIN, FAMILY -> dice.nextInt(1_000);
          case FAN -> 1 + dice.nextInt(20);
          case GATHER, HELD, ROUNDS -> kind == Kind.GATHER ? 1 + dice.nextInt(3) : 1;
          case NAPS -> 20 + dice.nextInt(300);
          case FOREVER -> dice.nextInt(3);
          case UNDO, DOOMED -> 0;
        };
    return new Story(kind.name().toLowerCase(Locale.ROOT) + "-" + run + "-" + i, kind, number);
  }

  private void play(Runnable part) {
    playing.incrementAndGet();
    clients.execute(
        () -> {
          try {
            guarded(part);
          } finally {
            playing.decrementAndGet();
          }
        });
  }

  private static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What came back in the end, and how often before nobody knew. */
  private record Insisted(Reply reply, int unknown) {}

  private Insisted insist(Supplier<Reply> call) {
    int unknownBefore = 0;
    while (true) {
      Reply reply = call.get();
      if (reply.isUnknown()) {
        unknownBefore++;
        unknown.incrementAndGet();
      } else if (reply.isNotNow()) {
        notNow.incrementAndGet();
      } else {
        acknowledged.incrementAndGet();
        return new Insisted(reply, unknownBefore);
      }
      pause();
    }
  }

  private void pause() {
    try {
      if (ended.await(50, TimeUnit.MILLISECONDS)) {
        throw new GivenUpException();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GivenUpException();
    }
  }

  private void tell(Story story) {
    Insisted started = insist(() -> caller.start(story.kind.orchestrator, story.id, story.input()));
    int status = started.reply().status();
    if (status != 202 && !(status == 409 && started.unknown() > 0)) {
      judge.wrong(story, "I2 its start was answered " + started);
    }
    story.acknowledge(started.unknown());
    switch (story.kind) {
      case GATHER -> {
        AtomicInteger left = new AtomicInteger(story.number);
        for (int sender = 0; sender < story.number; sender++) {
          int number = sender;
          play(
              () -> {
                talk(story, number);
                if (left.decrementAndGet() == 0) {
                  story.played();
                }
              });
        }
      }
      case HELD -> {
        steer(story, () -> caller.suspend(story.id), Load::saysSuspendedAlready);
        talk(story, 0);
        steer(story, () -> caller.resume(story.id), Load::saysResumedAlready);
        story.played();
      }
      case ROUNDS -> {
        talk(story, 0);
        story.played();
      }
      case FOREVER -> {
        Insisted ending = insist(() -> caller.terminate(story.id, "enough"));
        if (ending.reply().status() != 202
            && !(ending.reply().status() == 410 && ending.unknown() > 0)) {
          judge.wrong(story, "I2 its termination was answered " + ending);
        }
        story.played();
      }
      default -> story.played();
    }
  }

  /**
   * Sends a suspend or a resume until it is answered.
   *
   * @param doneAlready tells the answer to one whose first answer was lost with the host
   */
  private void steer(Story story, Supplier<Reply> call, Predicate<Reply> doneAlready) {
    Insisted done = insist(call);
    boolean twice = done.unknown() > 0 && doneAlready.test(done.reply());
    if (done.reply().status() != 202 && !twice) {
      judge.wrong(story, "I2 its suspend or resume was answered " + done);
    }
  }

  private static boolean saysSuspendedAlready(Reply reply) {
    return reply.status() == 500 && reply.body().contains("is suspended already");
  }

  /** An instance that has all its words ends as soon as it is resumed. */
  private static boolean saysResumedAlready(Reply reply) {
    return reply.status() == 410
        || (reply.status() == 500 && reply.body().contains("is not suspended"));
  }

  /** Sends a sender's words, each when the one before is acknowledged. */
  private void talk(Story story, int sender) {
    int count = 3 + Math.floorMod(story.id.hashCode() + sender, 8);
    for (int n = 0; n < count; n++) {
      String word = Story.word(sender, n, n == count - 1);
      Insisted said = insist(() -> caller.raise(story.id, "word", "\"" + word + "\""));
      boolean lastTwice = n == count - 1 && said.reply().status() == 410 && said.unknown() > 0;
      if (said.reply().status() != 202 && !lastTwice) {
        judge.wrong(story, "I5 '" + word + "' was answered " + said);
      }
      story.said(word, said.unknown());
    }
  }

  /** Asks about instances again and again, of ended ones now and then. */
  private void watchAll() {
    Random picks = new Random(dice.nextLong());
    try {
      while (!ended.await(5, TimeUnit.MILLISECONDS)) {
        for (Story story : stories) {
          boolean look = story.isAcknowledged() && (!story.hasEnded() || picks.nextInt(500) == 0);
          if (look && ended.getCount() > 0) {
            look(story);
          }
        }
        rounds.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Story story) {
    Reply reply = caller.status(story.id);
    if (reply.isUnknown() || reply.isNotNow()) {
      return;
    }
    boolean before = story.hasEnded();
    judge.hears(story, reply);
    if (!before && story.hasEnded()) {
      window.release();
    }
  }

  /** Starts no more instances; what was begun is finished. */
  void enough() {
    enough = true;
    window.release();
  }

  /** Whether clients still have something to send. */
  boolean isPlaying() {
    return playing.get() > 0;
  }

  List<Story> stories() {
    return List.copyOf(stories);
  }

  long ended() {
    return stories.stream().filter(Story::hasEnded).count();
  }

  long acknowledged() {
    return acknowledged.get();
  }

  /**
   * How much has happened: requests that were answered, or could not be, and rounds of looking
   * after instances. It grows as long as this is open, also while there is no host.
   */
  long moves() {
    return acknowledged.get() + unknown.get() + notNow.get() + rounds.get();
  }

  String figures() {
    return "\"stories\":%d,\"acknowledged\":%d,\"unknown\":%d,\"notNow\":%d"
        .formatted(stories.size(), acknowledged.get(), unknown.get(), notNow.get());
  }

  @Override
  public void close() {
    enough = true;
    ended.countDown();
    threads.shutdownNow();
    clients.shutdownNow();
  }
}
