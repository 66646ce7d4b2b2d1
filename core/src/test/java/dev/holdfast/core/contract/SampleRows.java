package dev.holdfast.core.contract;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Makes rows as a hub would write them, for tests of stores. */
public final class SampleRows {

  /**
   * This is a moment in 2026, microseconds since the epoch; sample rows are created one second
   * apart.
   */
  public static final long EPOCH = 1_790_000_000_000_000L;

  private static final long SECOND = 1_000_000L;

  private SampleRows() {}

  /**
   * Makes a running execution that is not ready, created {@code key} seconds after {@link #EPOCH}.
   */
  public static Rows.Instance running(long key, String id) {
    return new Rows.Instance(
        key,
        id,
        slot(id),
        OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING_VALUE,
        false,
        EPOCH + key * SECOND,
        0,
        state(id, "input of " + key));
  }

  /** Returns the execution, created at this time. */
  public static Rows.Instance created(Rows.Instance row, long createdAt) {
    return new Rows.Instance(
        row.key(),
        row.id(),
        row.slot(),
        row.status(),
        row.ready(),
        createdAt,
        row.completedAt(),
        row.state());
  }

  /** Returns the execution with this orchestrator; a null version leaves it without one. */
  public static Rows.Instance named(Rows.Instance row, String name, @Nullable String version) {
    OrchestrationState.Builder state = row.state().toBuilder().setName(name);
    if (version != null) {
      state.setVersion(StringValue.of(version));
    }
    return new Rows.Instance(
        row.key(),
        row.id(),
        row.slot(),
        row.status(),
        row.ready(),
        row.createdAt(),
        row.completedAt(),
        state.build());
  }

  /** Returns the execution, ready or not. */
  public static Rows.Instance ready(Rows.Instance row, boolean ready) {
    return new Rows.Instance(
        row.key(),
        row.id(),
        row.slot(),
        row.status(),
        ready,
        row.createdAt(),
        row.completedAt(),
        row.state());
  }

  /** Returns the execution, ended with this status at this time. */
  public static Rows.Instance ended(Rows.Instance row, int status, long completedAt) {
    return new Rows.Instance(
        row.key(), row.id(), row.slot(), status, false, row.createdAt(), completedAt, row.state());
  }

  /** Returns the execution with another custom status. */
  public static Rows.Instance told(Rows.Instance row, String customStatus) {
    return new Rows.Instance(
        row.key(),
        row.id(),
        row.slot(),
        row.status(),
        row.ready(),
        row.createdAt(),
        row.completedAt(),
        row.state().toBuilder().setCustomStatus(StringValue.of(customStatus)).build());
  }

  public static Rows.History history(long key, int seq, int count, String text) {
    return new Rows.History(key, seq, count, false, bytes(text));
  }

  public static Rows.Inbox inbox(long key, long seq, String text) {
    return new Rows.Inbox(key, seq, bytes(text));
  }

  public static Rows.Timer timer(long key, int timerId, String id, long fireAt) {
    return new Rows.Timer(key, timerId, slot(id), fireAt);
  }

  public static ByteString bytes(String text) {
    return ByteString.copyFrom(text, StandardCharsets.UTF_8);
  }

  public static OrchestrationState state(String id, String input) {
    return OrchestrationState.newBuilder()
        .setInstanceId(id)
        .setName("Sample")
        .setInput(StringValue.of(input))
        .build();
  }

  /** Returns a slot, always the same for an id. */
  public static int slot(String id) {
    return Math.floorMod(id.hashCode(), Store.Slots.COUNT);
  }
}
