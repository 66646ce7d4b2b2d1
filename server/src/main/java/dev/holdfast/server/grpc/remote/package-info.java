/** Sends requests to a remote task hub, and runs its work, over gRPC. */
@NullMarked
package dev.holdfast.server.grpc.remote;

import org.jspecify.annotations.NullMarked;
