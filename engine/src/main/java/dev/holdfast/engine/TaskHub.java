package dev.holdfast.engine;

/**
 * Offers what clients can ask of a task hub; the HTTP API, the gRPC service and the benchmark all
 * use it. Who needs only a part of it asks for that part.
 *
 * <p>Every future completes only when its result is durable, so no client learns what a crash could
 * undo. A request that cannot be met completes its future with {@link
 * dev.holdfast.core.RefusedException}. All methods may be called from any thread and never block;
 * cancelling a returned future releases what it holds, but does not take back the request.
 */
public interface TaskHub extends HubInstances, HubEntities, HubLists, HubUpkeep {

  /** Says what became of a message to an instance. */
  enum Delivery {
    /**
     * The message is durable in the instance's inbox, or its effect already holds, as for a suspend
     * of a suspended instance.
     */
    ACCEPTED,
    /** No instance has this id; nothing was done. */
    NO_SUCH_INSTANCE,
    /** The instance has ended; nothing was done. */
    TERMINAL
  }
}
