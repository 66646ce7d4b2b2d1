/** Makes certificates for tests that speak TLS. */
@NullMarked
package dev.holdfast.server.tls;

import org.jspecify.annotations.NullMarked;
