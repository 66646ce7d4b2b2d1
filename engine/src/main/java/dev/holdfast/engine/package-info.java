/**
 * Decides when things happen: loops, commit pipeline, dispatch, waiters, and the {@link TaskHub}
 * client.
 */
@NullMarked
package dev.holdfast.engine;

import org.jspecify.annotations.NullMarked;
