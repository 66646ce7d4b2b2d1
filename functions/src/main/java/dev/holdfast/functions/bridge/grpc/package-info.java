/**
 * Code that is defined again inside an app's class loader, so that it uses the app's own gRPC: with
 * it the channels that the app's client libraries make to this host bring what opens its door.
 *
 * <p>Nothing in here may refer to a class outside the JDK, gRPC's API and this package.
 */
@NullMarked
package dev.holdfast.functions.bridge.grpc;

import org.jspecify.annotations.NullMarked;
