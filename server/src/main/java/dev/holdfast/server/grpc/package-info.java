/** The loopback gRPC service that Durable Task clients speak. */
@NullMarked
package dev.holdfast.server.grpc;

import org.jspecify.annotations.NullMarked;
