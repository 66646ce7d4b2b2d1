package dev.holdfast.engine;

import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Instant;

/**
 * Says how many instances of one orchestrator and version have one status.
 *
 * @param version the version, "" for instances without one
 * @param count the number of instances, at least 1
 * @param oldest the time at which the oldest of them was created
 */
public record VersionCount(
    String name, String version, OrchestrationStatus status, long count, Instant oldest) {}
