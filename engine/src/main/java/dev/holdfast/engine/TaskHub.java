package dev.holdfast.engine;

/**
 * Offers all requests that clients can send to a task hub; the HTTP API, the gRPC service and the
 * benchmark use it. Code that needs only some of the requests should depend only on the interface
 * that has them.
 *
 * <p>Every future completes only when its result is durable, so no client receives a result that a
 * crash could undo. A request that cannot be carried out completes its future with {@link
 * dev.holdfast.core.RefusedException}. All methods may be called from any thread and never block;
 * cancelling a returned future frees its resources, but does not undo the request.
 */
public interface TaskHub extends HubInstances, HubEntities, HubLists, HubUpkeep {

  /** Says what happened to a message to an instance. */
  enum Delivery {
    /**
     * The message is durable in the instance's inbox, or it has no effect because the instance is
     * already in the requested state, as for a suspend of a suspended instance.
     */
    ACCEPTED,
    /** No instance has this id; nothing was done. */
    NO_SUCH_INSTANCE,
    /** The instance has ended; nothing was done. */
    TERMINAL
  }
}
