/** Serves remote workers: opens the streams on which they get work, and takes their answers. */
@NullMarked
package dev.holdfast.server.grpc.worker;

import org.jspecify.annotations.NullMarked;
