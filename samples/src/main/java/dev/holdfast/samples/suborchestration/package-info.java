/** Sample: orchestrations made of orchestrations. */
@NullMarked
package dev.holdfast.samples.suborchestration;

import org.jspecify.annotations.NullMarked;
