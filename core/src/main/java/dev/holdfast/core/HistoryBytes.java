package dev.holdfast.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestratorRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes history as bytes. Events are stored in the form that {@code
 * OrchestratorRequest.pastEvents} has (tag, length, event), so that the engine makes the request of
 * a turn by concatenating byte strings. Events in {@code newEvents} and in {@code HistoryChunk}
 * have another tag.
 */
public final class HistoryBytes {

  private HistoryBytes() {}

  /** Frames the events as {@code pastEvents}. */
  public static ByteString past(List<HistoryEvent> events) {
    return framed(OrchestratorRequest.PASTEVENTS_FIELD_NUMBER, events);
  }

  /** Frames the events as {@code newEvents}. */
  public static ByteString fresh(List<HistoryEvent> events) {
    return framed(OrchestratorRequest.NEWEVENTS_FIELD_NUMBER, events);
  }

  private static ByteString framed(int field, List<HistoryEvent> events) {
    int size = 0;
    for (HistoryEvent event : events) {
      size += CodedOutputStream.computeMessageSize(field, event);
    }
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      for (HistoryEvent event : events) {
        out.writeMessage(field, event);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /**
   * Reads events framed as {@code pastEvents}.
   *
   * @throws StoreException the bytes do not have the form that {@link #past} writes
   */
  public static List<HistoryEvent> events(ByteString past) {
    List<HistoryEvent> events = new ArrayList<>();
    CodedInputStream in = past.newCodedInput();
    try {
      while (!in.isAtEnd()) {
        int tag = in.readTag();
        if (tag >>> 3 != OrchestratorRequest.PASTEVENTS_FIELD_NUMBER) {
          throw new StoreException("expected history events, but found field " + (tag >>> 3));
        }
        events.add(HistoryEvent.parseFrom(in.readBytes()));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("expected history events, but the bytes do not parse", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return events;
  }

  /**
   * Reads events as {@link #events} does, but in the form for clients: without the fields that only
   * a worker and the hub exchange.
   *
   * @throws StoreException the bytes do not have the form that {@link #past} writes
   */
  public static List<HistoryEvent> forClients(ByteString past) {
    List<HistoryEvent> events = events(past);
    events.replaceAll(WorkerSpan::forClients);
    return events;
  }

  /**
   * Returns the time of the newest turn in microseconds since the epoch, rounded up; {@link
   * Long#MIN_VALUE} when there is no turn. The method skips everything else, so that a large chunk
   * costs little.
   *
   * @param past bytes as for {@link #events}
   * @throws StoreException the bytes do not have the form that {@link #past} writes
   */
  public static long newestTurn(ByteString past) {
    ByteString newest = null;
    CodedInputStream in = past.newCodedInput();
    in.enableAliasing(true);
    try {
      while (!in.isAtEnd()) {
        in.readTag();
        ByteString event = in.readBytes();
        if (isTurn(event)) {
          newest = event;
        }
      }
      return newest == null
          ? Long.MIN_VALUE
          : Times.microsUp(HistoryEvent.parseFrom(newest).getTimestamp());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreException("expected history events, but the bytes do not parse", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isTurn(ByteString event) throws IOException {
    CodedInputStream in = event.newCodedInput();
    while (!in.isAtEnd()) {
      int tag = in.readTag();
      if (tag >>> 3 == HistoryEvent.ORCHESTRATORSTARTED_FIELD_NUMBER) {
        return true;
      }
      in.skipField(tag);
    }
    return false;
  }

  /**
   * Returns whether a worker may see an event of this kind. The Java executor throws on kinds that
   * it does not know, and some kinds are for clients only (protocol reference §5).
   */
  public static boolean forWorkers(HistoryEvent event) {
    return switch (event.getEventTypeCase()) {
      case EXECUTIONSTARTED,
          TASKSCHEDULED,
          TASKCOMPLETED,
          TASKFAILED,
          SUBORCHESTRATIONINSTANCECREATED,
          SUBORCHESTRATIONINSTANCECOMPLETED,
          SUBORCHESTRATIONINSTANCEFAILED,
          TIMERCREATED,
          TIMERFIRED,
          ORCHESTRATORSTARTED,
          EVENTSENT,
          ENTITYOPERATIONSIGNALED,
          ENTITYOPERATIONCALLED,
          ENTITYOPERATIONCOMPLETED,
          ENTITYOPERATIONFAILED,
          ENTITYLOCKREQUESTED,
          ENTITYLOCKGRANTED,
          ENTITYUNLOCKSENT ->
          true;
      case EVENTRAISED -> event.getEventRaised().getUnfit().isEmpty();
      case EXECUTIONCOMPLETED,
          EXECUTIONTERMINATED,
          ORCHESTRATORCOMPLETED,
          GENERICEVENT,
          HISTORYSTATE,
          CONTINUEASNEW,
          EXECUTIONSUSPENDED,
          EXECUTIONRESUMED,
          EXECUTIONREWOUND,
          EVENTTYPE_NOT_SET ->
          false;
    };
  }
}
