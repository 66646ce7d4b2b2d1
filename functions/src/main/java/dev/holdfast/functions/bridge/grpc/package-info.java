/**
 * Contains code that is defined again inside an app's class loader, so that it uses the app's own
 * gRPC. It adds the secret that the host's gRPC service requires to the channels of the app's
 * client libraries.
 *
 * <p>The code in this package must not refer to a class outside the JDK, gRPC's API and this
 * package.
 */
@NullMarked
package dev.holdfast.functions.bridge.grpc;

import org.jspecify.annotations.NullMarked;
