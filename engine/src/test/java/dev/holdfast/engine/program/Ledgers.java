package dev.holdfast.engine.program;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OperationAction;
import dev.holdfast.protocol.OperationResult;
import dev.holdfast.protocol.OperationResultFailure;
import dev.holdfast.protocol.OperationResultSuccess;
import dev.holdfast.protocol.SendSignalAction;
import dev.holdfast.protocol.StartNewOrchestrationAction;
import dev.holdfast.protocol.TaskFailureDetails;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs the entity that programs speak to: it records the callers and their operations, in order,
 * and notices when a lock did not keep others out.
 *
 * <p>Its state is {@code marker|entry,entry…}. The marker is the holder that has said {@code
 * enter}; an operation of any other caller removes it, and a holder that says {@code leave} and
 * does not find it has been disturbed. An entry is the first word of an operation's input; so the
 * state is the fold of all operations.
 *
 * <p>Operations: {@code note} writes its entry; {@code enter} and {@code leave} do so as well;
 * {@code fail} fails; {@code pass} notes and signals {@code note} to the entity that is the second
 * word of the input, with an entry that ends in {@code later}; {@code start} notes and starts the
 * orchestrator that is the second word under the id that is the third; {@code delete} leaves no
 * state.
 */
public final class Ledgers {

  private Ledgers() {}

  /** Returns whether the event releases a lock; its eventId may also be that of another event. */
  public static boolean isRelease(HistoryEvent event) {
    return event.hasEntityUnlockSent()
        || (event.getEventSent().getInstanceId().startsWith("@")
            && event.getEventSent().getName().equals("release"));
  }

  /** Returns the result for a caller. */
  static String result(String operation, String input) {
    return operation + " " + input.split(" ", 2)[0];
  }

  static String failure(String input) {
    return input.split(" ", 2)[0] + " was refused";
  }

  /** Returns the entries in the order in which they were made. */
  public static List<String> entries(@Nullable String state) {
    if (state == null || state.endsWith("|")) {
      return List.of();
    }
    return List.of(state.substring(state.indexOf('|') + 1).split(",", -1));
  }

  /** Runs the first {@code count} operations. */
  public static EntityBatchResult run(WorkItem.EntityBatch batch, int count) {
    Book book = new Book(batch.state());
    EntityBatchResult.Builder result = EntityBatchResult.newBuilder();
    for (HistoryEvent operation : batch.operations().subList(0, count)) {
      boolean called = operation.hasEntityOperationCalled();
      String name =
          called
              ? operation.getEntityOperationCalled().getOperation()
              : operation.getEntityOperationSignaled().getOperation();
      String input =
          called
              ? operation.getEntityOperationCalled().getInput().getValue()
              : operation.getEntityOperationSignaled().getInput().getValue();
      String failure = book.take(name, input, result);
      String answer = book.disturbed ? "disturbed" : name;
      book.disturbed = false;
      result.addResults(failure == null ? done(result(answer, input)) : failed(failure));
    }
    String state = book.text();
    if (state != null) {
      result.setEntityState(StringValue.of(state));
    }
    return result.build();
  }

  private static OperationResult done(String result) {
    return OperationResult.newBuilder()
        .setSuccess(
            OperationResultSuccess.newBuilder()
                .setResult(StringValue.of(result))
                .setStartTimeUtc(Timestamp.getDefaultInstance()))
        .build();
  }

  private static OperationResult failed(String message) {
    return OperationResult.newBuilder()
        .setFailure(
            OperationResultFailure.newBuilder()
                .setFailureDetails(
                    TaskFailureDetails.newBuilder()
                        .setErrorType("Refused")
                        .setErrorMessage(message)))
        .build();
  }

  /** Holds the state while it is changed. */
  private static final class Book {
    private String marker = "";
    private final List<String> entries = new ArrayList<>();
    private boolean exists;
    private boolean disturbed;

    Book(@Nullable String state) {
      if (state != null) {
        exists = true;
        marker = state.substring(0, state.indexOf('|'));
        entries.addAll(Ledgers.entries(state));
      }
    }

    @Nullable String take(String operation, String input, EntityBatchResult.Builder result) {
      String[] words = input.split(" ", -1);
      String who = words[0].split("/", 2)[0];
      if (operation.equals("fail")) {
        return failure(input);
      }
      if (operation.equals("delete")) {
        exists = false;
        entries.clear();
        marker = "";
        return null;
      }
      exists = true;
      entries.add(words[0]);
      if (operation.equals("leave")) {
        if (!marker.equals(who)) {
          // An ended holder has lost its lock, and its earlier operations still arrive: only a
          // holder that lives to see this answer was wronged.
          disturbed = true;
        }
        marker = "";
      } else if (operation.equals("enter")) {
        marker = who;
      } else if (!marker.equals(who)) {
        marker = "";
      }
      if (operation.equals("pass")) {
        result.addActions(
            OperationAction.newBuilder()
                .setSendSignal(
                    SendSignalAction.newBuilder()
                        .setInstanceId(words[1])
                        .setName("note")
                        // The sender may have told the other entity something directly, which can
                        // arrive before this.
                        .setInput(StringValue.of(words[0] + "later"))));
      } else if (operation.equals("start")) {
        result.addActions(
            OperationAction.newBuilder()
                .setStartNewOrchestration(
                    StartNewOrchestrationAction.newBuilder()
                        .setName(words[1])
                        .setInstanceId(words[2])
                        .setInput(StringValue.of(words[0]))));
      }
      return null;
    }

    @Nullable String text() {
      return exists ? marker + "|" + String.join(",", entries) : null;
    }
  }
}
