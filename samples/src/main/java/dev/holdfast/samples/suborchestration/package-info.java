/** Shows orchestrations that are made of orchestrations. */
@NullMarked
package dev.holdfast.samples.suborchestration;

import org.jspecify.annotations.NullMarked;
