/** Serves clients and workers of the Durable Task contract over gRPC. */
@NullMarked
package dev.holdfast.server.grpc;

import org.jspecify.annotations.NullMarked;
