package dev.holdfast.engine.loop;

import dev.holdfast.core.Blocked;

/**
 * Names an instance or entity that makes a flush impossible to write, or makes a step of a
 * partition fail.
 *
 * @param block the reason, and the time at which it was found
 */
public record Suspect(String instanceId, Blocked block) {}
