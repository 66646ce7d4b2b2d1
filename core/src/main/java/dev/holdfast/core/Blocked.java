package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.InstanceBlock;
import dev.holdfast.protocol.OrchestrationState;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance or entity is set aside: nothing of it runs, what it is sent is kept, and a
 * restart does not run it either. Until somebody tries it again or ends it.
 *
 * <p>Its runtime status stays what it was, for clients know no such status. The block stands in the
 * summary ({@link OrchestrationState#getBlocked}) and, so that all of them can be found and one
 * whose summary cannot be read is among them, as a keyed record of {@link #NAMESPACE} named by the
 * instance id.
 *
 * @param reason in plain words, as the end of a sentence: what is wrong and what helps
 * @param place the table and row, or the step (such as an activity's name and task id), that it is
 *     about; "" for none
 * @param since microseconds since the epoch; 0 lets core set the time at which it hears of it
 */
public record Blocked(Kind kind, String reason, String place, long since) {

  /** The keyed records of what is blocked. */
  public static final String NAMESPACE = "blocked";

  private static final String RETRY = "holdfast retry";

  /** What kind of obstacle it is. Names are stored: a new kind may be added, none renamed. */
  public enum Kind {
    /** Rows of it are not what was written. */
    DAMAGED_ROWS("damaged rows"),
    /** The store refuses what it would write, for good. */
    NOT_WRITABLE("a write that the store refuses"),
    /** Handling it ends in an error of the engine, each time. */
    ERROR("an error that repeats"),
    /** The code no longer does what its history says. */
    CODE_CHANGED("changed code"),
    /** The code catches the exception by which its library pauses it. */
    CATCHES_PAUSE("code that catches its own pause"),
    /** User code does not come to an end. */
    HANGS("code that does not end"),
    /** User code ends the process. */
    ENDS_PROCESS("code that ends the process"),
    /** What it was given does not fit what its code expects. */
    DOES_NOT_FIT("data that does not fit"),
    /** Of a kind that this version does not know. */
    OTHER("another obstacle");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** What people call it, in the middle of a sentence. */
    public String words() {
      return words;
    }

    private static Kind named(String name) {
      for (Kind kind : values()) {
        if (kind.name().equals(name)) {
          return kind;
        }
      }
      return OTHER;
    }
  }

  /** A block that begins when core hears of it. */
  public static Blocked now(Kind kind, String reason, String place) {
    return new Blocked(kind, reason, place, 0);
  }

  /** The step that this work item is: "activity 'Charge', task 4". */
  public static String step(WorkItem item) {
    String step = item.kind().word() + " '" + item.name() + "'";
    return item instanceof WorkItem.Activity activity ? step + ", task " + activity.taskId() : step;
  }

  /** The block of an instance in this state; null when it is not set aside. */
  public static @Nullable Blocked of(OrchestrationState state) {
    return state.hasBlocked() ? of(state.getBlocked()) : null;
  }

  /**
   * What a keyed record of {@link #NAMESPACE} says. One that does not parse still says that there
   * is a block.
   */
  public static Blocked of(@Nullable ByteString bytes) {
    try {
      return of(InstanceBlock.parseFrom(bytes == null ? ByteString.EMPTY : bytes));
    } catch (InvalidProtocolBufferException e) {
      return new Blocked(Kind.OTHER, "its record cannot be read: " + e.getMessage(), "", 0);
    }
  }

  /** What a message says. */
  public static Blocked of(InstanceBlock block) {
    return new Blocked(
        Kind.named(block.getKind()), block.getReason(), block.getPlace(), block.getSince());
  }

  /** As it is stored and sent. */
  public InstanceBlock message() {
    return InstanceBlock.newBuilder()
        .setKind(kind.name())
        .setReason(reason)
        .setPlace(place)
        .setSince(since)
        .build();
  }

  /** The same, since {@code now} when it does not say since when. */
  Blocked begunBy(long now) {
    return since == 0 ? new Blocked(kind, reason, place, now) : this;
  }

  /**
   * In one clause, without a full stop at its end: "activity 'Charge', task 4: it ended the process
   * three times".
   */
  public String words() {
    String clause = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
    return place.isEmpty() ? clause : place + ": " + clause;
  }

  /**
   * The same with the command that helps once the cause is gone, which some reasons name
   * themselves.
   */
  public String wordsAndCure(String instanceId) {
    return reason.contains(RETRY)
        ? words()
        : words() + ". Once the cause is gone: ./" + RETRY + " " + instanceId;
  }
}
