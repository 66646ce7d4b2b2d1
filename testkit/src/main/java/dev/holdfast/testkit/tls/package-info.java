/** Makes certificates for tests that speak TLS. */
@NullMarked
package dev.holdfast.testkit.tls;

import org.jspecify.annotations.NullMarked;
