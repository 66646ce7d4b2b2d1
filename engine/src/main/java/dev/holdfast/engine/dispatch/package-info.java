/**
 * Hands work to the executors of this process and to remote workers. Work that no executor takes
 * waits in this package, which also explains what the work waits for.
 */
@NullMarked
package dev.holdfast.engine.dispatch;

import org.jspecify.annotations.NullMarked;
