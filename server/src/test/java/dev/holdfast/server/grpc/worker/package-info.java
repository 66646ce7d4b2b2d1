@NullMarked
package dev.holdfast.server.grpc.worker;

import org.jspecify.annotations.NullMarked;
