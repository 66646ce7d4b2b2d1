/** A task hub that is somewhere else, asked and worked for over gRPC. */
@NullMarked
package dev.holdfast.server.grpc.remote;

import org.jspecify.annotations.NullMarked;
