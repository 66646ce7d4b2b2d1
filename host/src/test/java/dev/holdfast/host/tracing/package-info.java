@NullMarked
package dev.holdfast.host.tracing;

import org.jspecify.annotations.NullMarked;
