/**
 * Decides what happens to the instances and entities of a partition: it turns inputs into the
 * commit that must be written and the effects that may follow.
 *
 * <p>This is the upper layer of core. It uses the lower layer, {@link dev.holdfast.core}, which
 * does not know it. Other packages can use only {@link Partition}, which makes the decisions, and
 * {@link Views}, which makes the states that clients see.
 */
@NullMarked
package dev.holdfast.core.partition;

import org.jspecify.annotations.NullMarked;
