package dev.holdfast.benchmarks.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Commit;
import dev.holdfast.core.Rows;
import dev.holdfast.protocol.ExecutionCompletedEvent;
import dev.holdfast.protocol.ExecutionStartedEvent;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.OrchestrationState;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.TaskCompletedEvent;
import dev.holdfast.protocol.TaskScheduledEvent;
import java.util.Random;
import java.util.UUID;

/**
 * Generates the commits of a hub that runs sequences of three activities, as they reach the store
 * in a steady state: of the sequences in each flush, a quarter starts, two quarters go on, and a
 * quarter ends. Each sequence has four turns and four flushes.
 */
final class SequenceCommits {

  static final int TURNS = 4;

  private static final long EPOCH = 1_790_000_000_000_000L;
  private static final int SLOTS = 1024;

  private final int startsPerFlush;
  private final Random random = new Random(42);
  private final Rows.Instance[] inFlight;
  private long keys;
  private long now = EPOCH;

  /**
   * Creates the generator.
   *
   * @param startsPerFlush a quarter of the sequences in flight
   */
  SequenceCommits(int startsPerFlush) {
    this.startsPerFlush = startsPerFlush;
    this.inFlight = new Rows.Instance[startsPerFlush * TURNS];
  }

  /** Returns how many sequences end with each commit, once the full number is in flight. */
  int endsPerFlush() {
    return startsPerFlush;
  }

  long now() {
    return now;
  }

  /** Returns the commit of the next flush. */
  Commit next() {
    now += 1_000;
    Commit.Builder commit = Commit.builder();
    for (int turn = TURNS - 1; turn >= 0; turn--) {
      for (int i = 0; i < startsPerFlush; i++) {
        long key = keys + 1 + i - (long) turn * startsPerFlush;
        if (key > 0) {
          turn(commit, key, turn);
        }
      }
    }
    keys += startsPerFlush;
    return commit.build();
  }

  private void turn(Commit.Builder commit, long key, int turn) {
    int place = (int) (key % inFlight.length);
    if (turn == 0) {
      inFlight[place] = started(key);
      commit.insert(inFlight[place]);
    }
    Rows.Instance row = inFlight[place];
    if (turn == TURNS - 1) {
      commit.update(ended(row));
    }
    commit.append(new Rows.History(key, 3 * turn, 3, false, events(row, turn)));
  }

  private Rows.Instance started(long key) {
    String id = new UUID(random.nextLong(), random.nextLong()).toString();
    OrchestrationState state =
        OrchestrationState.newBuilder()
            .setInstanceId(id)
            .setName("HelloSequence")
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING)
            .setCreatedTimestamp(timestamp())
            .setLastUpdatedTimestamp(timestamp())
            .setInput(StringValue.of("[\"Tokyo\",\"London\",\"Seattle\"]"))
            .setExecutionId(StringValue.of(id.replace("-", "")))
            .build();
    return new Rows.Instance(
        key,
        id,
        (int) (key * 31 % SLOTS),
        OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING_VALUE,
        true,
        now,
        0,
        state);
  }

  private Rows.Instance ended(Rows.Instance row) {
    OrchestrationState state =
        row.state().toBuilder()
            .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
            .setLastUpdatedTimestamp(timestamp())
            .setCompletedTimestamp(timestamp())
            .setOutput(StringValue.of("[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]"))
            .build();
    return new Rows.Instance(
        row.key(),
        row.id(),
        row.slot(),
        OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED_VALUE,
        false,
        row.createdAt(),
        now,
        state);
  }

  private ByteString events(Rows.Instance row, int turn) {
    OrchestratorRequest.Builder past = OrchestratorRequest.newBuilder();
    past.addPastEvents(
        event(-1).setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance()));
    if (turn == 0) {
      past.addPastEvents(
          event(-1)
              .setExecutionStarted(
                  ExecutionStartedEvent.newBuilder()
                      .setName("HelloSequence")
                      .setInput(row.state().getInput())
                      .setOrchestrationInstance(
                          OrchestrationInstance.newBuilder()
                              .setInstanceId(row.id())
                              .setExecutionId(row.state().getExecutionId()))));
    } else {
      past.addPastEvents(
          event(-1)
              .setTaskCompleted(
                  TaskCompletedEvent.newBuilder()
                      .setTaskScheduledId(turn - 1)
                      .setResult(StringValue.of("\"Hello Seattle!\""))));
    }
    past.addPastEvents(
        turn == TURNS - 1
            ? event(turn)
                .setExecutionCompleted(
                    ExecutionCompletedEvent.newBuilder()
                        .setOrchestrationStatus(OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED)
                        .setResult(
                            StringValue.of(
                                "[\"Hello Tokyo!\",\"Hello London!\",\"Hello Seattle!\"]")))
            : event(turn)
                .setTaskScheduled(
                    TaskScheduledEvent.newBuilder()
                        .setName("SayHello")
                        .setInput(StringValue.of("\"Seattle\""))));
    return past.build().toByteString();
  }

  private HistoryEvent.Builder event(int eventId) {
    return HistoryEvent.newBuilder().setEventId(eventId).setTimestamp(timestamp());
  }

  private Timestamp timestamp() {
    return Timestamp.newBuilder()
        .setSeconds(now / 1_000_000)
        .setNanos((int) (now % 1_000_000) * 1_000)
        .build();
  }
}
