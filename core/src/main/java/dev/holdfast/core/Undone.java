package dev.holdfast.core;

import java.util.List;

/**
 * Holds the inputs and hand-outs of a partition that are not durable, and so are lost when the
 * engine discards the partition's memory and begins again from the store.
 *
 * @param unanswered askers that wait for an answer and must be told to ask again; the list may
 *     contain an asker twice
 * @param undelivered the inputs that have had no effect yet, in order, for the successor of this
 *     partition
 * @param handedOut activities that an executor may have
 */
public record Undone(
    List<Asker<?>> unanswered, List<Input> undelivered, List<WorkItem.Activity> handedOut) {}
