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
 * Decides which turns are compared with their history: for each execution whose newest turn was run
 * by another build, the first turn in this process. Later turns need no comparison, because this
 * build runs them too.
 *
 * <p>The history does not say which build recorded a turn, but the hub knows since when only this
 * build has run its turns: a history whose newest turn is later than that time was made or compared
 * by this build. Other histories are compared during a turn that must run anyway, so a rebuild
 * causes no additional turns, and no turn needs an additional row. The class is thread-safe.
 */
final class ReplayChecks {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Replay");

  /**
   * A generation holds at most this many compared executions; an execution that is forgotten is
   * compared again.
   */
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
   * Prepares to watch a turn that is about to begin.
   *
   * @param request the serialized request that the app gets
   */
  TurnWatch begin(WorkItem.Turn turn, byte[] request) {
    return new TurnWatch(this, isKnown(turn.executionId()) ? null : past(request));
  }

  /** Records that the turn has run and that its answer goes to the engine. */
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
   * Returns the recorded events to compare with, or null when the turn need not be compared: the
   * first turn of an execution has no past, and this build has already compared an execution whose
   * last turn it ran.
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

  /** Returns the recorded events unparsed, because only the end of most histories is read. */
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

  /**
   * Returns the time of the newest turn in microseconds since the epoch; {@link Long#MIN_VALUE}
   * when there is none.
   */
  private static long newestTurn(List<ByteBuffer> events) throws InvalidProtocolBufferException {
    for (int i = events.size() - 1; i >= 0; i--) {
      HistoryEvent event = HistoryEvent.parseFrom(events.get(i));
      if (event.hasOrchestratorStarted()) {
        return Times.micros(event.getTimestamp());
      }
    }
    return Long.MIN_VALUE;
  }

  /**
   * Returns an object that accesses the fields of this context; null when the context belongs to an
   * unknown version of the library.
   */
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

  /** Warns once per class that a replay with a context of this class cannot be observed. */
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
