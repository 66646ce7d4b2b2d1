package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.protocol.InstanceBlock;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Says why an instance or entity is set aside. Until a person retries or ends it, none of its work
 * runs, the messages that it receives are kept, and a restart does not run it either.
 *
 * <p>Its runtime status does not change, because clients know no status for this. The block is
 * stored in the summary ({@link OrchestrationState#getBlocked}) and also as a keyed record of
 * {@link #NAMESPACE} named by the instance id, so that all blocked instances can be found, even one
 * whose summary cannot be read.
 *
 * @param reason names the cause and the cure, in plain words that can end a sentence
 * @param place the table and row, or the step (such as an activity's name and task id), that the
 *     block concerns; "" when there is none
 * @param since the beginning of the block in microseconds since the epoch; core replaces 0 by the
 *     time at which it learns of the block
 */
public record Blocked(Kind kind, String reason, String place, long since) {

  /** This namespace holds a keyed record for each blocked instance or entity. */
  public static final String NAMESPACE = "blocked";

  private static final String RETRY = "holdfast retry";

  /**
   * Says what kind of obstacle blocks the instance. The names are stored: kinds may be added, but
   * none may be renamed.
   */
  public enum Kind {
    /** The stored rows of the instance differ from the rows that were written. */
    DAMAGED_ROWS("damaged rows"),
    /** The store permanently refuses the changes of the instance. */
    NOT_WRITABLE("a write that the store refuses"),
    /** Handling the instance fails each time with an error of the engine. */
    ERROR("an error that repeats"),
    /** The code no longer takes the steps that the history records. */
    CODE_CHANGED("changed code"),
    /** The code catches the exception with which the library pauses the orchestrator. */
    CATCHES_PAUSE("code that catches its own pause"),
    /** User code does not come to an end. */
    HANGS("code that does not end"),
    /** User code ends the process that runs it. */
    ENDS_PROCESS("code that ends the process"),
    /** The data that the code was given does not fit the type that the code expects. */
    DOES_NOT_FIT("data that does not fit"),
    /** This version of the engine does not know the kind that the record names. */
    OTHER("another obstacle");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** Returns the name of this kind for people, for use in the middle of a sentence. */
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

  /** Makes a block that begins when core learns of it. */
  public static Blocked now(Kind kind, String reason, String place) {
    return new Blocked(kind, reason, place, 0);
  }

  /** Describes the step that this work item performs, such as "activity 'Charge', task 4". */
  public static String step(WorkItem item) {
    String step = item.kind().word() + " '" + item.name() + "'";
    return item instanceof WorkItem.Activity activity ? step + ", task " + activity.taskId() : step;
  }

  /** Returns the block of an instance in this state; null when it is not set aside. */
  public static @Nullable Blocked of(OrchestrationState state) {
    return state.hasBlocked() ? of(state.getBlocked()) : null;
  }

  /**
   * Reads a keyed record of {@link #NAMESPACE}. A record that does not parse still says that there
   * is a block.
   */
  public static Blocked of(@Nullable ByteString bytes) {
    try {
      return of(InstanceBlock.parseFrom(bytes == null ? ByteString.EMPTY : bytes));
    } catch (InvalidProtocolBufferException e) {
      return new Blocked(Kind.OTHER, "its record cannot be read: " + e.getMessage(), "", 0);
    }
  }

  /** Reads the block out of its message. */
  public static Blocked of(InstanceBlock block) {
    return new Blocked(
        Kind.named(block.getKind()), block.getReason(), block.getPlace(), block.getSince());
  }

  /** Returns the block as it is stored and sent. */
  public InstanceBlock message() {
    return InstanceBlock.newBuilder()
        .setKind(kind.name())
        .setReason(reason)
        .setPlace(place)
        .setSince(since)
        .build();
  }

  /** Returns the state with this block in it. */
  public OrchestrationState mark(OrchestrationState state) {
    return state.toBuilder().setBlocked(message()).build();
  }

  /**
   * Returns the state, as clients see it, of a blocked instance whose rows cannot all be read.
   *
   * @param summary the summary; null when it cannot be read
   */
  public OrchestrationState view(
      String instanceId, Rows.@Nullable Instance summary, boolean payloads) {
    OrchestrationState state =
        summary != null
            ? summary.state()
            : OrchestrationState.newBuilder()
                .setInstanceId(instanceId)
                .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
                .build();
    OrchestrationState.Builder view = state.toBuilder().setBlocked(message());
    return payloads ? view.build() : Statuses.withoutPayloads(view);
  }

  /** Returns this block, begun at {@code now} unless it already has a beginning. */
  public Blocked begunBy(long now) {
    return since == 0 ? new Blocked(kind, reason, place, now) : this;
  }

  /**
   * Describes the block in one clause without a full stop at its end, such as "activity 'Charge',
   * task 4: it ended the process three times".
   */
  public String words() {
    String clause = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
    return place.isEmpty() ? clause : place + ": " + clause;
  }

  /**
   * Describes the block as {@link #words} does and adds the command to use once the cause is gone,
   * unless the reason already names it.
   */
  public String wordsAndCure(String instanceId) {
    return reason.contains(RETRY)
        ? words()
        : words() + ". Once the cause is gone: ./" + RETRY + " " + instanceId;
  }
}
