package dev.holdfast.functions.durable;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.Times;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which turns are compared with their history: the first one of each execution whose newest
 * turn was another build's. After that, what runs is what was compared.
 *
 * <p>Which build recorded a turn is not written down, but since when the hub has had this one
 * alone: a history whose newest turn is younger was made or compared by it. The others are compared
 * within the turn that would have run anyway, so nothing is run ahead of its time after a rebuild,
 * and no turn costs a row. Safe for many threads.
 */
final class ReplayChecks {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Replay");

  /** Of more executions it is forgotten that they were compared: they are compared once more. */
  private static final int GENERATION = 50_000;

  private final LongSupplier sameBuildSince;
  private volatile Set<String> young = ConcurrentHashMap.newKeySet();
  private volatile Set<String> old = Set.of();
  private volatile @Nullable ContextInsides insides;
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();

  ReplayChecks(LongSupplier sameBuildSince) {
    this.sameBuildSince = sameBuildSince;
  }

  /**
   * A turn begins.
   *
   * @param request what the app is given, serialized
   */
  TurnWatch begin(WorkItem.Turn turn, byte[] request) {
    return new TurnWatch(this, isKnown(turn.executionId()) ? null : past(request));
  }

  /** The turn was run, and its answer is given to the engine. */
  void done(WorkItem.Turn turn, TurnWatch watch, boolean ended) {
    if (ended) {
      young.remove(turn.executionId());
    } else if (watch.isConclusive()) {
      remember(turn.executionId());
    }
  }

  private boolean isKnown(String executionId) {
    return young.contains(executionId) || old.contains(executionId);
  }

  private void remember(String executionId) {
    if (young.add(executionId) && young.size() > GENERATION) {
      synchronized (this) {
        if (young.size() > GENERATION) {
          old = young;
          young = ConcurrentHashMap.newKeySet();
        }
      }
    }
  }

  /**
   * Null when it need not be compared: the first turn of an execution has no past, and one that
   * this build ran last was compared by it.
   */
  private @Nullable List<HistoryEvent> past(byte[] request) {
    try {
      List<ByteBuffer> events = pastEvents(request);
      return events.isEmpty() || newestTurn(events) >= sameBuildSince.getAsLong()
          ? null
          : OrchestratorRequest.parseFrom(request).getPastEventsList();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("The turn's own request cannot be read.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not read yet: of most histories only the end is. */
  private static List<ByteBuffer> pastEvents(byte[] request) throws IOException {
    List<ByteBuffer> events = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(request);
    in.enableAliasing(true);
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      if (tag >>> 3 == OrchestratorRequest.PASTEVENTS_FIELD_NUMBER) {
        events.add(in.readByteBuffer());
      } else {
        in.skipField(tag);
      }
    }
    return events;
  }

  /** When it was, in microseconds since the epoch; the least number when there was none. */
  private static long newestTurn(List<ByteBuffer> events) throws InvalidProtocolBufferException {
    for (int i = events.size() - 1; i >= 0; i--) {
      HistoryEvent event = HistoryEvent.parseFrom(events.get(i));
      if (event.hasOrchestratorStarted()) {
        return Times.micros(event.getTimestamp());
      }
    }
    return Long.MIN_VALUE;
  }

  /** How to look into this context; null when it is of a library that is not known from inside. */
  @Nullable ContextInsides insides(Object context) {
    ContextInsides known = insides;
    if (known != null && known.fits(context)) {
      return known;
    }
    ContextInsides found = ContextInsides.of(context.getClass());
    if (found == null) {
      isUnknown(context.getClass());
    } else {
      insides = found;
    }
    return found;
  }

  /** Tells it once: a replay cannot be looked at. */
  void isUnknown(Class<?> type) {
    if (unknown.add(type.getName())) {
      LOGGER.warn(
          "What orchestrators do in a replay cannot be compared with their history, because the"
              + " app's library or a middleware gives them a context of the class {}, which is not"
              + " known here. So a change of code under running instances passes unnoticed. Use a"
              + " released version of com.microsoft:durabletask-client.",
          type.getName());
    }
  }
}
