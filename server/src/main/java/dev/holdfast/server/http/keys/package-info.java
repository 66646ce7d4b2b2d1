/**
 * Decides who may call the host. The package contains keys, the capabilities in management URLs,
 * and the treatment of clients that guess keys.
 */
@NullMarked
package dev.holdfast.server.http.keys;

import org.jspecify.annotations.NullMarked;
