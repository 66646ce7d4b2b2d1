/** Remote workers: the streams on which they get work, and what becomes of their answers. */
@NullMarked
package dev.holdfast.server.grpc.worker;

import org.jspecify.annotations.NullMarked;
