/** Shows how an orchestration waits for a person. */
@NullMarked
package dev.holdfast.samples.approval;

import org.jspecify.annotations.NullMarked;
