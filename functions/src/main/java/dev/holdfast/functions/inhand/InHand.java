package dev.holdfast.functions.inhand;

import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.work.WorkPool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes in the data folder which user code runs in this process. After a process has died, the next
 * process reads from the notes which work was running. Work that was running when two processes
 * died must run alone, and if it then ends the process three more times, it is blocked.
 *
 * <p>Work is not blamed for other causes: when a process was killed from outside, no work becomes
 * suspect (see {@link ExitTrace}), and when code has called {@code System.exit}, only this code is
 * suspect.
 *
 * <p>The class notes nothing before {@link #open}. It is thread-safe.
 */
public final class InHand implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.InHand");

  /** Holds the open objects, because code that ends the process has no reference to them. */
  private static volatile InHand[] open = {};

  private static final List<NoteFile.InHandAtEnd> NOTHING = List.of();
  private static final int NAMED_MOST = 10;
  private static final int FORGOTTEN_AFTER = 10;
  private static final int BESIDE_EACH_OTHER_MOST = 32;
  private static final Duration ALONE_AT_LEAST = Duration.ofSeconds(10);
  private static final int DOUBLED_MOST = 6;

  private final Map<String, SuspectWork> suspects = new ConcurrentHashMap<>();
  private final Thread hook = new Thread(this::exiting, "holdfast-exit");
  private volatile @Nullable NoteFile file;
  private volatile @Nullable Gate gate;
  private @Nullable ScheduledExecutorService clock;
  private @Nullable FileChannel locked;

  /** Says what caused the end of a process. */
  private enum Cause {
    ITSELF("it ended itself"),
    OUTSIDE("it was ended from outside"),
    UNKNOWN("whether it ended itself is not known");

    private final String words;

    Cause(String words) {
      this.words = words;
    }
  }

  /**
   * Reads the notes that the previous process left in this folder, logs them, and begins to note.
   * No other process may use the folder at the same time. When the file cannot be used, a message
   * is logged and the host runs without notes.
   */
  public synchronized void open(Path folder) {
    open(folder, "in-hand");
  }

  /**
   * Does what {@link #open} does, but permits other processes in the same folder: each process
   * takes a free file.
   */
  public synchronized void openBesideOthers(Path folder) {
    try {
      for (int i = 1; i <= BESIDE_EACH_OTHER_MOST; i++) {
        String name = "in-hand.connected" + (i == 1 ? "" : "-" + i);
        FileChannel channel = lock(folder.resolve(name + ".lock"));
        if (channel != null) {
          locked = channel;
          open(folder, name);
          return;
        }
      }
      LOGGER.warn(
          "What is in hand is not noted, because {} other hosts do so in {}. Give this one a folder"
              + " of its own (--data).",
          BESIDE_EACH_OTHER_MOST,
          folder);
    } catch (IOException e) {
      tellUseless(folder, e);
    }
  }

  /**
   * Returns the locked file; null while another host holds the lock. The lock ends with the channel
   * or the process.
   */
  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    boolean free = false;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      LOGGER.debug("{} is taken by another host of this process.", file, e);
    } finally {
      if (!free) {
        channel.close();
      }
    }
    return free ? channel : null;
  }

  private static void tellUseless(Path folder, IOException why) {
    LOGGER.warn(
        "Running work cannot be noted in {}: {}. If user code ends this process, the next start"
            + " cannot tell which code it was.",
        folder,
        why.toString());
  }

  private void open(Path folder, String name) {
    Path trace = folder.resolve(name + ".exit");
    try {
      NoteFile.Opened opened = NoteFile.open(folder.resolve(name));
      if (opened.problem() != null) {
        LOGGER.warn(
            "The notes of running work, {}, cannot be used and were emptied: {}.",
            folder.resolve(name),
            opened.problem());
      }
      NoteFile.Remains remains = opened.remains();
      boolean died = remains != null && remains.running();
      if (remains != null) {
        learn(remains, trace);
      }
      // The exit is recorded only when there are suspects or the last process died, because the
      // record costs time and matters only if this process dies too.
      boolean traced = (died || !suspects.isEmpty()) && ExitTrace.begin(trace);
      opened.file().begin(System.currentTimeMillis(), traced, suspects.values());
      if (!suspects.isEmpty()) {
        clock = Executors.newSingleThreadScheduledExecutor(InHand::daemon);
        gate = new Gate(Gate.Times.USUAL, lonely(), clock);
      }
      file = opened.file();
      others(this, true);
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IOException e) {
      tellUseless(folder, e);
    }
  }

  private int lonely() {
    return (int) suspects.values().stream().filter(SuspectWork::mustBeAlone).count();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "holdfast-alone");
    thread.setDaemon(true);
    return thread;
  }

  private void learn(NoteFile.Remains remains, Path trace) {
    Map<String, SuspectWork> before = new LinkedHashMap<>();
    remains.suspects().forEach(suspect -> before.put(suspect.note().key(), suspect));
    if (remains.running()) {
      Cause cause = cause(remains, trace);
      tell(remains, cause);
      if (cause != Cause.OUTSIDE) {
        for (NoteFile.InHandAtEnd one : remains.inHand()) {
          boolean isWork = one.note().kind() != Note.CALL && one.note().kind() != Note.STEP;
          if (isWork && mayHave(one, remains)) {
            SuspectWork suspect = before.getOrDefault(one.note().key(), SuspectWork.of(one.note()));
            suspects.put(
                one.note().key(),
                suspect.died(one.alone() && cause == Cause.ITSELF, suspects.size() + 1));
          }
        }
      }
    }
    learnSteps(remains, before);
    before.forEach(
        (key, suspect) -> {
          if (!suspect.isStep() && suspect.starts() < FORGOTTEN_AFTER) {
            suspects.putIfAbsent(key, suspect.notSeen());
          }
        });
    suspects.values().forEach(InHand::tell);
  }

  /**
   * Counts deaths in engine steps. The step that fails for lack of memory need not be the one that
   * used the memory, so only several deaths in a row count.
   */
  private void learnSteps(NoteFile.Remains remains, Map<String, SuspectWork> before) {
    for (NoteFile.InHandAtEnd one : remains.running() ? remains.inHand() : NOTHING) {
      Note note = one.note();
      // The note has only the beginning of a long instance ID, and the hash shows whether it is
      // cut.
      if (note.kind() == Note.STEP && note.instance().hashCode() == note.hash()) {
        suspects.put(
            note.key(), before.getOrDefault(note.key(), SuspectWork.of(note)).died(true, 0));
      }
    }
  }

  /**
   * Returns the instances and entities in whose handling three processes in a row have run out of
   * memory, and forgets them. The caller must block them before they are handled again.
   */
  public Map<String, Blocked> withoutMemory() {
    Map<String, Blocked> found = new LinkedHashMap<>();
    for (SuspectWork suspect : List.copyOf(suspects.values())) {
      if (suspect.isStep() && suspect.mustBeBlocked()) {
        suspects.remove(suspect.note().key());
        found.put(
            suspect.note().instance(),
            Blocked.now(
                Blocked.Kind.ERROR,
                "handling it has taken all memory in "
                    + suspect.deaths()
                    + " processes, one after the other; give the host more (-Xmx), then try it"
                    + " again, or purge it",
                ""));
      }
    }
    if (!found.isEmpty()) {
      write();
    }
    return found;
  }

  /**
   * Returns whether this work may have ended the process. When it is known which work called exit,
   * all other work is innocent.
   */
  // The place of the exit is one of the objects in the list.
  @SuppressWarnings("ReferenceEquality")
  private static boolean mayHave(NoteFile.InHandAtEnd one, NoteFile.Remains remains) {
    return remains.exitPlace() == null || remains.exitPlace() == one;
  }

  private static Cause cause(NoteFile.Remains remains, Path trace) {
    if (remains.asked()) {
      return Cause.OUTSIDE;
    }
    if (remains.exited()
        || (remains.traced() && ExitTrace.tellsOfExit(trace))
        || ExitTrace.hasCrashed(remains)) {
      return Cause.ITSELF;
    }
    return remains.traced() ? Cause.OUTSIDE : Cause.UNKNOWN;
  }

  private static void tell(NoteFile.Remains remains, Cause cause) {
    NoteFile.InHandAtEnd exit = remains.exitPlace();
    if (exit != null) {
      LOGGER.error(
          "The process before this one was ended by {}, which called System.exit.",
          exit.note().words());
      return;
    }
    List<String> words = remains.inHand().stream().map(it -> it.note().words()).toList();
    if (words.isEmpty()) {
      LOGGER.info(
          "The process before this one did not stop in order: {}. It had no user code in hand.",
          cause.words);
      return;
    }
    LOGGER.warn(
        "The process before this one did not stop in order: {}. In hand it had {}{}.",
        cause.words,
        String.join(", ", words.subList(0, Math.min(NAMED_MOST, words.size()))),
        words.size() > NAMED_MOST ? " and " + (words.size() - NAMED_MOST) + " more" : "");
  }

  private static void tell(SuspectWork suspect) {
    if (suspect.isStep()) {
      LOGGER.warn(
          "In {} the process before this one ran out of memory, {} times in a row now; after three"
              + " times it is blocked.",
          suspect.note().words(),
          suspect.deaths());
    } else if (suspect.mustBeBlocked()) {
      LOGGER.error(
          "{} has ended the process {} times while nothing else ran: it will be blocked.",
          suspect.note().words(),
          suspect.alone());
    } else if (suspect.mustBeAlone()) {
      LOGGER.warn(
          "{} was in hand in {} deaths of the process: it will run alone, so that what ends the"
              + " process is found.",
          suspect.note().words(),
          suspect.deaths());
    }
  }

  /** Returns the reason why this item must not run; null when it may run. */
  public @Nullable Blocked obstacle(WorkItem item) {
    SuspectWork suspect = suspect(item);
    if (suspect != null && suspect.blocked()) {
      // A blocked item arrives again only after a person has retried its instance.
      suspects.put(suspect.note().key(), suspect.triedAgain());
      write();
      return null;
    }
    if (suspect == null || !suspect.mustBeBlocked()) {
      return null;
    }
    suspects.put(suspect.note().key(), suspect.setAside());
    write();
    return Blocked.now(
        Blocked.Kind.ENDS_PROCESS,
        "it has ended the process "
            + suspect.alone()
            + " times while nothing else ran (System.exit, Runtime.halt or a crash of the JVM);"
            + " mend its code, then: ./holdfast retry "
            + item.instanceId(),
        Blocked.step(item));
  }

  /** Returns whether nothing else may run while this item runs. */
  public boolean mustBeAlone(WorkItem item) {
    SuspectWork suspect = suspect(item);
    return suspect != null && suspect.mustBeAlone();
  }

  private @Nullable SuspectWork suspect(WorkItem item) {
    return suspects.isEmpty() ? null : suspects.get(Note.key(item));
  }

  /** Runs the tasks in this pool, but not while another task runs alone. */
  public void submit(WorkPool pool, Collection<? extends WorkPool.Task> tasks) {
    Gate there = gate;
    if (there == null) {
      pool.submit(tasks);
    } else {
      there.submit(pool, tasks);
    }
  }

  /** Runs a task of this item in this pool while nothing else runs. */
  public void submitAlone(WorkPool pool, WorkItem item, Task task) {
    Gate there = gate;
    SuspectWork suspect = suspect(item);
    if (there == null || suspect == null) {
      pool.submit(List.of(task));
      return;
    }
    Duration most =
        ALONE_AT_LEAST.multipliedBy(
            1L << Math.min(DOUBLED_MOST, Math.max(0, suspect.deaths() - 2)));
    task.alone(true);
    there.submitAlone(
        pool,
        new Gate.Lonely() {
          @Override
          public void run() {
            task.run();
          }

          @Override
          public String name() {
            return task.name();
          }

          @Override
          public WorkPool.Task inner() {
            return task.inner();
          }

          @Override
          public void abandon(String reason) {
            task.abandon(reason);
          }

          @Override
          public void hasCompany() {
            task.alone(false);
            NoteFile notes = file;
            int place = task.place();
            if (notes != null && place != NoteFile.NONE) {
              notes.state(place, Note.IN_HAND);
            }
          }

          @Override
          public Duration aloneAtMost() {
            return most;
          }

          @Override
          public int rank() {
            return suspect.rank();
          }

          @Override
          public String words() {
            return suspect.note().words();
          }
        });
  }

  /** Represents a task that knows its place in the note file. */
  public interface Task extends WorkPool.Task {

    /** Tells the task whether it runs alone from now on. */
    void alone(boolean alone);

    /** Returns the place that {@link InHand#begin} returned for the task; −1 before this call. */
    int place();
  }

  /**
   * Notes that the calling thread begins to run this item.
   *
   * @return the place to pass to {@link #end}
   */
  public int begin(WorkItem item, boolean alone) {
    NoteFile notes = file;
    int place = notes == null ? NoteFile.NONE : notes.take();
    if (notes != null && place != NoteFile.NONE) {
      notes.write(place, item);
      notes.state(place, alone ? Note.ALONE : Note.IN_HAND);
    }
    return place;
  }

  /**
   * Notes that the calling thread begins to run a function for a caller outside the engine.
   *
   * @return the place to pass to {@link #end}
   */
  public int begin(String function) {
    NoteFile notes = file;
    int place = notes == null ? NoteFile.NONE : notes.take();
    if (notes != null && place != NoteFile.NONE) {
      notes.write(place, Note.CALL, "", function);
      notes.state(place, Note.IN_HAND);
    }
    return place;
  }

  /** Frees the place that {@link #begin} returned for the work, which has ended. */
  public void end(int place) {
    NoteFile notes = file;
    if (notes != null && place != NoteFile.NONE) {
      notes.give(place);
    }
  }

  /**
   * Clears the suspicion against an item that has ended, with success or failure, without ending
   * the process.
   */
  public void survived(WorkItem item) {
    if (!suspects.isEmpty() && suspects.remove(Note.key(item)) != null) {
      write();
    }
  }

  private synchronized void write() {
    NoteFile notes = file;
    if (notes != null) {
      notes.write(suspects.values());
    }
  }

  /**
   * Returns why a submitted task has not begun, in words that follow the name of the task; null
   * when the gate does not hold it up.
   */
  public @Nullable String holdUp(Predicate<WorkPool.Task> which) {
    Gate there = gate;
    return there == null ? null : words(there.holdUp(which));
  }

  /**
   * Returns why a task that arrives now would not begin, in words as from {@link
   * #holdUp(Predicate)}; null when it would begin.
   */
  public @Nullable String holdUp() {
    Gate there = gate;
    return there == null ? null : words(there.holdUp());
  }

  private static @Nullable String words(Gate.@Nullable HoldUp holdUp) {
    return holdUp == null
        ? null
        : "waits %s, until %s at the latest"
            .formatted(
                holdUp.words(),
                Instant.now().plus(holdUp.atMost()).truncatedTo(ChronoUnit.SECONDS));
  }

  /** Returns the number of tasks that are held up. */
  public int heldUp() {
    Gate there = gate;
    return there == null ? 0 : there.waiting();
  }

  /** Gives back the tasks that were held up and have not begun. */
  public void abandon(String reason) {
    Gate there = gate;
    if (there != null) {
      there.abandon(reason);
    }
  }

  /**
   * Loads the classes that {@link #processIsEnded} needs, because there may be no memory left to
   * load them later. The call has no other effect.
   *
   * @return the number of objects that have a note file open
   */
  public static int prepareForTheEnd() {
    return open.length;
  }

  /**
   * Notes that memory ran out in an engine step for this instance, which ends the process. The
   * method allocates nothing.
   */
  public void diesIn(String instanceId) {
    NoteFile notes = file;
    int place = notes == null ? NoteFile.NONE : notes.take();
    if (notes != null && place != NoteFile.NONE) {
      notes.write(place, Note.STEP, instanceId, "");
      notes.state(place, Note.IN_HAND);
    }
  }

  /**
   * Notes that the process is being ended by a person or by a fault of the host, so that no user
   * code is blamed. The method allocates nothing.
   */
  public static void processIsEnded() {
    InHand[] all = open;
    for (int i = 0; i < all.length; i++) {
      NoteFile notes = all[i].file;
      if (notes != null) {
        notes.asked();
      }
    }
  }

  private static synchronized void others(InHand one, boolean opens) {
    List<InHand> all = new ArrayList<>(List.of(open));
    all.remove(one);
    if (opens) {
      all.add(one);
    }
    open = all.toArray(InHand[]::new);
  }

  /**
   * Runs when the JVM exits without a previous {@link #close}, and notes which thread called exit.
   */
  private void exiting() {
    NoteFile notes = file;
    if (notes == null) {
      return;
    }
    Thread caller = callerOfExit();
    if (caller == null) {
      // No thread called exit, so the cause of the exit is a signal.
      notes.asked();
      return;
    }
    int place = notes.of(caller.getId());
    notes.exited(place);
    LOGGER.error(
        "{} calls System.exit, which ends this host.",
        place == NoteFile.NONE ? "Thread '" + caller.getName() + "'" : notes.note(place).words());
  }

  private static @Nullable Thread callerOfExit() {
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      for (StackTraceElement frame : entry.getValue()) {
        if (frame.getClassName().equals(Runtime.class.getName())
            && frame.getMethodName().equals("exit")) {
          return entry.getKey();
        }
      }
    }
    return null;
  }

  /** Marks that the process stops normally, and stops noting. A repeated call does no harm. */
  @Override
  public synchronized void close() {
    NoteFile notes = file;
    if (notes == null) {
      return;
    }
    file = null;
    others(this, false);
    notes.clean();
    if (clock != null) {
      clock.shutdownNow();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      if (locked != null) {
        locked.close();
      }
    } catch (IllegalStateException | IOException e) {
      LOGGER.debug("The JVM exits already, and the lock goes with it.", e);
    }
  }
}
