package dev.holdfast.engine;

import dev.holdfast.protocol.OrchestrationStatus;
import java.time.Instant;

/**
 * Says how many instances of one orchestrator and version have one status.
 *
 * @param version "" for instances without one
 * @param count at least 1
 * @param oldest when the first of them was created
 */
public record VersionCount(
    String name, String version, OrchestrationStatus status, long count, Instant oldest) {}
