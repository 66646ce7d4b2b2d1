package dev.holdfast.functions.inhand;

import dev.holdfast.core.WorkItem;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Maps a file of fixed size into memory: a header, places for running work, and places for {@link
 * Suspect}s. The content survives the end of the process without a sync; a power cut may lose it,
 * which does no harm.
 *
 * <p>Many threads may take and give back places at once; only one thread at a time may call the
 * other methods.
 */
final class NoteFile {
  static final int PLACES = 2_048;
  static final int SUSPECTS = 256;

  private static final byte[] MAGIC = "HF-HAND1".getBytes(StandardCharsets.US_ASCII);
  private static final int RUNNING = 8;
  private static final int TRACED = 9;
  private static final int ASKED = 10;
  private static final int EXITED = 11;
  private static final int EXIT_PLACE = 12;
  private static final int PID = 16;
  private static final int SINCE = 24;
  private static final int FOLDER = 32;
  private static final int FOLDER_MAX = 512;
  private static final int HEADER = 1_024;
  private static final int PLACE = 256;
  private static final int BEGUN = Note.BYTES;
  private static final int DEATHS = Note.BYTES;
  private static final int ALONE = Note.BYTES + 4;
  private static final int STARTS = Note.BYTES + 8;
  private static final int SUSPECTS_AT = HEADER + PLACES * PLACE;
  private static final int SIZE = SUSPECTS_AT + SUSPECTS * PLACE;

  /** This value means that there is no place: all places were taken, so no note was written. */
  static final int NONE = -1;

  private final MappedByteBuffer file;

  /**
   * Holds the free places as a stack: the low half is the top place, and the high half is a counter
   * that makes each value of the field unique.
   */
  private final AtomicLong free = new AtomicLong(0);

  private final int[] below = new int[PLACES];
  private final long[] threads = new long[PLACES];

  /**
   * Holds, for each place, the texts of the activity that is written there; null when the place
   * holds other work.
   */
  private final @Nullable Texts[] written = new Texts[PLACES];

  private record Texts(String execution, String instance, String name) {
    boolean areOf(WorkItem item) {
      return execution.equals(item.executionId())
          && instance.equals(item.instanceId())
          && name.equals(item.name());
    }
  }

  private NoteFile(MappedByteBuffer file) {
    this.file = file;
    for (int i = 0; i < PLACES; i++) {
      below[i] = i + 1 < PLACES ? i + 1 : NONE;
    }
  }

  /**
   * Describes what the previous process left in the file.
   *
   * @param running whether that process ended without a normal stop
   * @param traced whether that process would have left a trace of its own exit, see {@link
   *     ExitTrace}
   * @param asked whether that process was asked to end
   * @param exited whether code called for the exit of that process
   * @param exitPlace the work, among {@code inHand}, whose code called for the exit; null when it
   *     is not known
   * @param since the time at which that process began, in milliseconds since the epoch
   * @param folder the current folder of that process
   * @param inHand the work that was running, in the order in which it was begun
   */
  record Remains(
      boolean running,
      boolean traced,
      boolean asked,
      boolean exited,
      @Nullable InHandAtEnd exitPlace,
      long pid,
      long since,
      String folder,
      List<InHandAtEnd> inHand,
      List<SuspectWork> suspects) {}

  /**
   * Describes work that was running when the process ended.
   *
   * @param begun a number that is greater for work that was begun later
   */
  record InHandAtEnd(Note note, boolean alone, long begun) {}

  /**
   * Opens the file, or creates it.
   *
   * @return {@link Opened#remains} is null for a new file. A file that is damaged or has another
   *     version is emptied, and {@link Opened#problem} reports this
   */
  static Opened open(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      long size = channel.size();
      String problem = size == 0 || size == SIZE ? null : "it has " + size + " bytes";
      if (size > SIZE) {
        channel.truncate(SIZE);
      }
      if (size < SIZE) {
        // The file is written in full, because writing to a mapped page for which the disk has no
        // room would end the process.
        channel.write(ByteBuffer.allocate((int) (SIZE - size)), size);
      }
      NoteFile file = new NoteFile(channel.map(MapMode.READ_WRITE, 0, SIZE));
      Remains remains = null;
      if (size == SIZE) {
        try {
          remains = file.remains();
        } catch (IllegalArgumentException e) {
          problem = String.valueOf(e.getMessage());
        }
      }
      return new Opened(file, remains, problem);
    }
  }

  record Opened(NoteFile file, @Nullable Remains remains, @Nullable String problem) {}

  private Remains remains() {
    for (int i = 0; i < MAGIC.length; i++) {
      if (file.get(i) != MAGIC[i]) {
        throw new IllegalArgumentException("it does not begin as a file of notes does");
      }
    }
    int exitPlace = file.getInt(EXIT_PLACE) - 1;
    InHandAtEnd exit = null;
    List<InHandAtEnd> inHand = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      byte state = Note.state(file, at(i));
      if (state != Note.FREE) {
        InHandAtEnd one =
            new InHandAtEnd(
                Note.read(file, at(i)), state == Note.ALONE, file.getLong(at(i) + BEGUN));
        inHand.add(one);
        exit = i == exitPlace ? one : exit;
      }
    }
    List<SuspectWork> suspects = new ArrayList<>();
    for (int i = 0; i < SUSPECTS; i++) {
      int at = SUSPECTS_AT + i * PLACE;
      byte state = Note.state(file, at);
      if (state != Note.FREE) {
        suspects.add(
            new SuspectWork(
                Note.read(file, at),
                file.getInt(at + DEATHS),
                file.getInt(at + ALONE),
                file.getInt(at + STARTS),
                0,
                state == Note.BLOCKED));
      }
    }
    int length = Math.max(0, Math.min(FOLDER_MAX, file.getShort(FOLDER)));
    byte[] folder = new byte[length];
    file.get(FOLDER + 2, folder);
    inHand.sort(Comparator.comparingLong(InHandAtEnd::begun));
    return new Remains(
        file.get(RUNNING) != 0,
        file.get(TRACED) != 0,
        file.get(ASKED) != 0,
        file.get(EXITED) != 0,
        exit,
        file.getLong(PID),
        file.getLong(SINCE),
        new String(folder, StandardCharsets.UTF_8),
        inHand,
        suspects);
  }

  /** Empties the file and fills it with the data of this process. */
  void begin(long now, boolean traced, Collection<SuspectWork> suspects) {
    write(suspects);
    for (int i = 0; i < PLACES; i++) {
      Note.state(file, at(i), Note.FREE);
    }
    file.put(0, MAGIC);
    file.put(ASKED, (byte) 0);
    file.put(EXITED, (byte) 0);
    file.put(TRACED, (byte) (traced ? 1 : 0));
    file.putInt(EXIT_PLACE, 0);
    file.putLong(PID, ProcessHandle.current().pid());
    file.putLong(SINCE, now);
    byte[] folder = Path.of("").toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
    int length = Math.min(folder.length, FOLDER_MAX);
    file.putShort(FOLDER, (short) length);
    file.put(FOLDER + 2, folder, 0, length);
    file.put(RUNNING, (byte) 1);
  }

  /**
   * Writes these suspects over the previous ones; only the first {@value #SUSPECTS} are written.
   */
  void write(Collection<SuspectWork> suspects) {
    int i = 0;
    for (SuspectWork suspect : suspects) {
      if (i == SUSPECTS) {
        break;
      }
      int at = SUSPECTS_AT + i++ * PLACE;
      Note note = suspect.note();
      Note.write(
          file, at, note.kind(), note.taskId(), note.execution(), note.instance(), note.name());
      file.putInt(at + 8, note.hash());
      file.putInt(at + DEATHS, suspect.deaths());
      file.putInt(at + ALONE, suspect.alone());
      file.putInt(at + STARTS, suspect.starts());
      Note.state(file, at, suspect.blocked() ? Note.BLOCKED : Note.IN_HAND);
    }
    for (; i < SUSPECTS; i++) {
      Note.state(file, SUSPECTS_AT + i * PLACE, Note.FREE);
    }
  }

  /** Notes that the process stops normally and no work is running. */
  void clean() {
    file.put(RUNNING, (byte) 0);
  }

  /**
   * Notes that the process is asked to end, so that no code is blamed, no matter how the process
   * ends.
   */
  void asked() {
    file.put(ASKED, (byte) 1);
  }

  /**
   * Notes that code has called for the exit of the process.
   *
   * @param place the place of that code; {@link #NONE} when it is not known
   */
  void exited(int place) {
    file.putInt(EXIT_PLACE, place + 1);
    file.put(EXITED, (byte) 1);
  }

  private static int at(int place) {
    return HEADER + place * PLACE;
  }

  /** Takes a place for the calling thread; returns {@link #NONE} when all places are taken. */
  int take() {
    while (true) {
      long top = free.get();
      int place = (int) top;
      if (place == NONE) {
        return NONE;
      }
      long taken = next(top, below[place]);
      if (free.compareAndSet(top, taken)) {
        threads[place] = Thread.currentThread().getId();
        file.putLong(at(place) + BEGUN, taken >>> 32);
        return place;
      }
    }
  }

  private static long next(long top, int place) {
    return (((top >>> 32) + 1) << 32) | (place & 0xFFFF_FFFFL);
  }

  /**
   * Writes the note of a place that the calling thread has taken; {@link #state} makes the note
   * valid. The activities of one instance often follow each other in the same place, so only the
   * fields that differ from the previous note are written.
   */
  void write(int place, WorkItem item) {
    Texts before = written[place];
    if (!(item instanceof WorkItem.Activity activity)) {
      written[place] = null;
      Note.write(file, at(place), item);
    } else if (before != null && before.areOf(item)) {
      Note.task(file, at(place), activity.taskId());
    } else {
      Note.write(file, at(place), item);
      written[place] = new Texts(item.executionId(), item.instanceId(), item.name());
    }
  }

  /** Writes the note of work that is not a work item; the method allocates nothing. */
  void write(int place, int kind, String instance, String name) {
    written[place] = null;
    Note.write(file, at(place), kind, 0, "", instance, name);
  }

  /** Sets the state of this place, which makes the written note valid. */
  void state(int place, byte state) {
    VarHandle.releaseFence();
    Note.state(file, at(place), state);
  }

  void give(int place) {
    Note.state(file, at(place), Note.FREE);
    threads[place] = 0;
    while (true) {
      long top = free.get();
      below[place] = (int) top;
      if (free.compareAndSet(top, next(top, place))) {
        return;
      }
    }
  }

  /** Returns the place that this thread has taken; {@link #NONE} when the thread has taken none. */
  int of(long thread) {
    for (int i = 0; i < PLACES; i++) {
      if (threads[i] == thread && Note.state(file, at(i)) != Note.FREE) {
        return i;
      }
    }
    return NONE;
  }

  Note note(int place) {
    return Note.read(file, at(place));
  }
}
