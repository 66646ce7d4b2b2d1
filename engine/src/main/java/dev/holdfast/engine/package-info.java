/**
 * Decides when things happen. The package contains the loop, the commit pipeline, the dispatcher,
 * and the {@link TaskHub} for clients.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
