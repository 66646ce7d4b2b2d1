package dev.holdfast.server.grpc.worker;

import com.google.protobuf.Int32Value;
import com.google.protobuf.MessageLite;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.program.Interpreter;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.protocol.EntityBatchResult;
import dev.holdfast.protocol.EntityRequest;
import dev.holdfast.protocol.OrchestratorRequest;
import dev.holdfast.protocol.OrchestratorResponse;
import dev.holdfast.server.grpc.worker.SimulatedStream.Item;
import dev.holdfast.simulation.Dice;
import dev.holdfast.simulation.Scene;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** What workers make of their items: the messages of one answer, in their order. */
@SuppressWarnings("deprecation") // The contract calls chunks old, but SDKs still send them.
final class SimulatedCode {
  private final Scene scene;
  private final Dice dice;

  SimulatedCode(Scene scene, Dice dice) {
    this.scene = scene;
    this.dice = dice;
  }

  private static String token(Item item) {
    return item.stream().worker.tokens ? item.sent().getCompletionToken() : "";
  }

  /**
   * @param turn as it was sent, with the history that was fetched if need be
   * @param partly reads some of the new events, or does some of the operations
   */
  List<MessageLite> run(Item item, OrchestratorRequest turn, boolean partly) {
    return switch (item.kind()) {
      case ORCHESTRATOR -> turn(item, turn, partly);
      case ACTIVITY ->
          List.of(
              scene
                  .activities()
                  .run(new WorkItem.Activity(0, null, item.sent().getActivityRequest()))
                  .toBuilder()
                  .setCompletionToken(token(item))
                  .build());
      case ENTITY -> List.of(batch(item, partly));
    };
  }

  private List<MessageLite> turn(Item item, OrchestratorRequest turn, boolean partly) {
    OrchestratorResponse whole =
        (partly
                ? Interpreter.runSome(turn.toByteString(), dice.between(2, 3), scene.programs())
                : Interpreter.run(turn.toByteString(), scene.programs()))
            .toBuilder().setCompletionToken(token(item)).build();
    return item.stream().worker.chunks && whole.getActionsCount() > 0
        ? chunks(whole, new SplittableRandom(item.sent().getCompletionToken().hashCode()))
        : List.of(whole);
  }

  /** An answer that is sent again has the same chunks again. */
  private List<MessageLite> chunks(OrchestratorResponse whole, RandomGenerator cuts) {
    scene.count("chunked");
    List<MessageLite> chunks = new ArrayList<>();
    int from = 0;
    while (from < whole.getActionsCount()) {
      int to = cuts.nextInt(from + (chunks.isEmpty() ? 0 : 1), whole.getActionsCount() + 1);
      OrchestratorResponse.Builder chunk =
          whole.toBuilder()
              .clearActions()
              .addAllActions(whole.getActionsList().subList(from, to))
              .setChunkIndex(Int32Value.of(chunks.size()))
              .setIsPartial(to < whole.getActionsCount());
      if (!chunks.isEmpty()) {
        chunk.setNumEventsProcessed(Int32Value.of(0));
      }
      chunks.add(chunk.build());
      from = to;
    }
    return chunks;
  }

  private EntityBatchResult batch(Item item, boolean partly) {
    EntityRequest request = item.sent().getEntityRequestV2();
    WorkItem.EntityBatch batch =
        new WorkItem.EntityBatch(
            0,
            request.getInstanceId(),
            request.getExecutionId(),
            request.hasEntityState() ? request.getEntityState().getValue() : null,
            request.getOperationRequestsList());
    int count = batch.operations().size();
    return Ledgers.run(batch, partly ? dice.between(1, count) : count).toBuilder()
        .setCompletionToken(token(item))
        .build();
  }

  /** A worker that says it has lost what it was sent with the item. */
  static MessageLite forgetful(Item item) {
    return item.kind() == WorkItem.Kind.ENTITY
        ? EntityBatchResult.newBuilder()
            .setCompletionToken(token(item))
            .setRequiresState(true)
            .build()
        : OrchestratorResponse.newBuilder()
            .setInstanceId(item.sent().getOrchestratorRequest().getInstanceId())
            .setCompletionToken(token(item))
            .setRequiresHistory(true)
            .build();
  }
}
