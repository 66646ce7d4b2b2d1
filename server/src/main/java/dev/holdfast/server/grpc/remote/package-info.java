/** Asks a remote task hub, and works for it, over gRPC. */
@NullMarked
package dev.holdfast.server.grpc.remote;

import org.jspecify.annotations.NullMarked;
