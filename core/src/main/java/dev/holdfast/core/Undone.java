package dev.holdfast.core;

import java.util.List;

/**
 * What a partition has taken that is not durable, and so is gone with its memory when the engine
 * begins again from the store.
 *
 * @param unanswered who waits for an answer and must be told to ask again; one may be there twice
 * @param undelivered inputs that have changed nothing yet, in order: to be given to whoever comes
 *     after this partition
 * @param handedOut activities that an executor may have
 */
public record Undone(
    List<Asker<?>> unanswered, List<Input> undelivered, List<WorkItem.Activity> handedOut) {}
