package dev.holdfast.functions.durable;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which turns are compared with their history: the first one of each execution that this
 * build of the app has not begun itself. After that, what runs is what was compared.
 *
 * <p>Which build recorded a history is written nowhere: an app that was loaded anew compares
 * everything once, within the turn that would have run anyway. So nothing is run ahead of its time
 * after a rebuild, and no turn costs a row. Safe for many threads.
 */
final class ReplayChecks {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Replay");

  /** Of more executions it is forgotten that they were compared: they are compared once more. */
  private static final int GENERATION = 50_000;

  private volatile Set<String> young = ConcurrentHashMap.newKeySet();
  private volatile Set<String> old = Set.of();
  private volatile @Nullable ContextInsides insides;
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();

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

  /** Null when there is none: the first turn of an execution has nothing to be compared with. */
  private static @Nullable List<HistoryEvent> past(byte[] request) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(request);
      while (!in.isAtEnd()) {
        int tag = in.readTag();
        if (tag >>> 3 == OrchestratorRequest.PASTEVENTS_FIELD_NUMBER) {
          return OrchestratorRequest.parseFrom(request).getPastEventsList();
        }
        in.skipField(tag);
      }
      return null;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("The turn's own request cannot be read.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
