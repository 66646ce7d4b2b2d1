package dev.holdfast.engine;

import dev.holdfast.core.Blocked;

/**
 * An instance or entity for whose sake a flush cannot be written, or a step of a partition fails.
 *
 * @param block why, and when that was found out
 */
record Suspect(String instanceId, Blocked block) {}
