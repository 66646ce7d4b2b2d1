@NullMarked
package dev.holdfast.server.grpc.remote;

import org.jspecify.annotations.NullMarked;
