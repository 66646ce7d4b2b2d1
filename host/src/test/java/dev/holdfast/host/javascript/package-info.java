/** The released JavaScript SDK, as npm has it, against a host without an app. */
@NullMarked
package dev.holdfast.host.javascript;

import org.jspecify.annotations.NullMarked;
