package dev.holdfast.engine;

import dev.holdfast.core.Blocked;

/**
 * Names an instance or entity because of which a flush cannot be written, or a step of a partition
 * fails.
 *
 * @param block why, and when that was found
 */
record Suspect(String instanceId, Blocked block) {}
