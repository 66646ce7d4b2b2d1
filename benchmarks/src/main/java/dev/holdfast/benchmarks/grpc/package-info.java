/** Contains workers and clients that reach the host over gRPC. */
@NullMarked
package dev.holdfast.benchmarks.grpc;

import org.jspecify.annotations.NullMarked;
