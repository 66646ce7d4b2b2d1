package dev.holdfast.functions.inhand;

import dev.holdfast.core.WorkItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Represents the entry about one piece of work in a place of the {@link NoteFile}.
 *
 * @param kind the ordinal of a {@link WorkItem.Kind}, or {@link #CALL} or {@link #STEP}
 * @param taskId the task ID of an activity; 0 for other work
 * @param hash the hash of the whole instance ID, of which {@code instance} may be only the
 *     beginning
 * @param execution the execution ID of the instance; "" for a call
 * @param instance the instance ID, cut to fit; "" for a call
 * @param name the name of the function, cut to fit
 */
// The ordinal is stored as one byte of a file, whose version number rises when the kinds change.
@SuppressWarnings("EnumOrdinal")
record Note(int kind, int taskId, int hash, String execution, String instance, String name) {

  /**
   * This kind stands for a function that runs for a caller outside the engine, such as an HTTP
   * function.
   */
  static final int CALL = 3;

  /** This kind stands for an engine step that ran out of memory while it handled an instance. */
  static final int STEP = 4;

  static final int BYTES = 240;

  private static final int EXECUTION_MAX = 64;
  private static final int INSTANCE_MAX = 104;
  private static final int NAME_MAX = BYTES - 16 - EXECUTION_MAX - INSTANCE_MAX;
  private static final int STATE = 0;
  private static final int KIND = 1;
  private static final int TASK = 4;
  private static final int HASH = 8;
  private static final int TEXT = 12;

  /** The place is free. This constant and the following ones are the states of a place. */
  static final byte FREE = 0;

  static final byte IN_HAND = 1;

  /** The work is running and no other user code runs. */
  static final byte ALONE = 2;

  /** The work is a suspect, and its instance was blocked. */
  static final byte BLOCKED = 3;

  /**
   * Returns a key of the work; the same work has an equal key after a restart, and all other work
   * has a different key.
   */
  String key() {
    return switch (kind) {
      case CALL -> "call " + name;
      case STEP -> "step " + hash + " " + instance;
      default ->
          WorkItem.Kind.values()[kind].word()
              + " "
              + (kind == WorkItem.Kind.ENTITY.ordinal() ? "" : execution + " " + taskId + " ")
              + hash
              + " "
              + instance;
    };
  }

  static String key(WorkItem item) {
    return of(item).key();
  }

  static Note of(WorkItem item) {
    ByteBuffer place = ByteBuffer.allocate(BYTES);
    write(place, 0, item);
    return read(place, 0);
  }

  /** Describes the work for people, e.g. "activity 'Charge' of 'order-1' (task 4)". */
  String words() {
    if (kind == CALL) {
      return "the call of function '" + name + "'";
    }
    if (kind == STEP) {
      return "the handling of '" + instance + "'";
    }
    String task = kind == WorkItem.Kind.ACTIVITY.ordinal() ? " (task " + taskId + ")" : "";
    return WorkItem.Kind.values()[kind].word() + " '" + name + "' of '" + instance + "'" + task;
  }

  /** Writes all fields of the note except the state. The method allocates nothing. */
  static void write(ByteBuffer to, int at, WorkItem item) {
    write(
        to,
        at,
        item.kind().ordinal(),
        item instanceof WorkItem.Activity activity ? activity.taskId() : 0,
        item.executionId(),
        item.instanceId(),
        item.name());
  }

  /** Changes only the task ID of a note that is already written. */
  static void task(ByteBuffer to, int at, int taskId) {
    to.putInt(at + TASK, taskId);
  }

  static void write(
      ByteBuffer to, int at, int kind, int taskId, String execution, String instance, String name) {
    to.put(at + KIND, (byte) kind);
    to.putInt(at + TASK, taskId);
    to.putInt(at + HASH, instance.hashCode());
    int next = text(to, at + TEXT, execution, EXECUTION_MAX);
    next = text(to, next, instance, INSTANCE_MAX);
    text(to, next, name, NAME_MAX);
  }

  /** Writes the number of bytes, and then as many whole characters of the text as fit. */
  private static int text(ByteBuffer to, int at, String text, int max) {
    int end = at + 1;
    int limit = end + max;
    int begin = ascii(to, end, text, limit - 3);
    end += begin;
    for (int i = begin; i < text.length() && end <= limit - 3; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        to.put(end++, (byte) c);
      } else if (c < 0x800) {
        to.put(end++, (byte) (0xC0 | (c >> 6)));
        to.put(end++, (byte) (0x80 | (c & 0x3F)));
      } else if (Character.isSurrogate(c)) {
        to.put(end++, (byte) '?');
      } else {
        to.put(end++, (byte) (0xE0 | (c >> 12)));
        to.put(end++, (byte) (0x80 | ((c >> 6) & 0x3F)));
        to.put(end++, (byte) (0x80 | (c & 0x3F)));
      }
    }
    to.put(at, (byte) (end - at - 1));
    return end;
  }

  /**
   * Writes the beginning of a text eight characters at a time, as far as the characters are ASCII
   * and fit before {@code limit}.
   *
   * @return the number of written characters
   */
  private static int ascii(ByteBuffer to, int at, String text, int limit) {
    int most = Math.min(text.length(), limit - at) - Long.BYTES;
    int done = 0;
    while (done <= most) {
      long eight = 0;
      int all = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        char c = text.charAt(done + i);
        all |= c;
        eight = eight << Byte.SIZE | c;
      }
      if (all >= 0x80) {
        break;
      }
      to.putLong(at + done, eight);
      done += Long.BYTES;
    }
    return done;
  }

  static byte state(ByteBuffer from, int at) {
    return from.get(at + STATE);
  }

  static void state(ByteBuffer to, int at, byte state) {
    to.put(at + STATE, state);
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IllegalArgumentException the bytes are not a note
   */
  static Note read(ByteBuffer from, int at) {
    int kind = from.get(at + KIND);
    if (kind < 0 || kind > STEP) {
      throw new IllegalArgumentException("there is no kind " + kind);
    }
    int[] next = {at + TEXT};
    return new Note(
        kind,
        from.getInt(at + TASK),
        from.getInt(at + HASH),
        text(from, next, EXECUTION_MAX),
        text(from, next, INSTANCE_MAX),
        text(from, next, NAME_MAX));
  }

  private static String text(ByteBuffer from, int[] next, int max) {
    int length = from.get(next[0]);
    if (length < 0 || length > max) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    byte[] bytes = new byte[length];
    from.get(next[0] + 1, bytes);
    next[0] += length + 1;
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
