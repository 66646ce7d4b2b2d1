package dev.holdfast.engine;

import dev.holdfast.core.WorkItem;

/**
 * Work of one name that waits because nobody who is connected runs it.
 *
 * @param waiting how many: activities, or instances of an orchestrator or entity
 */
public record UnservedWork(WorkItem.Kind kind, String name, int waiting) {

  /** What is missing, as a sentence. */
  public String words() {
    return "No connected worker serves %s '%s': %d wait%s for one."
        .formatted(kind.word(), name, waiting, waiting == 1 ? "s" : "");
  }
}
