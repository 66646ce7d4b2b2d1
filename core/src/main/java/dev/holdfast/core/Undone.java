package dev.holdfast.core;

import java.util.List;

/**
 * Holds what a partition has taken that is not durable, and so is lost with its memory when the
 * engine begins again from the store.
 *
 * @param unanswered askers that wait for an answer and must be told to ask again; one may be there
 *     twice
 * @param undelivered inputs without effect yet, in order, for the successor of this partition
 * @param handedOut activities that an executor may have
 */
public record Undone(
    List<Asker<?>> unanswered, List<Input> undelivered, List<WorkItem.Activity> handedOut) {}
