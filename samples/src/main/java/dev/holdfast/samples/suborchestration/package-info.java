/** Shows orchestrations that consist of other orchestrations. */
@NullMarked
package dev.holdfast.samples.suborchestration;

import org.jspecify.annotations.NullMarked;
