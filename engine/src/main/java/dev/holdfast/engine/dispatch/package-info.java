/**
 * Hands work to executors: those of this process and remote workers. Work that none takes waits
 * here, and this package can say for what.
 */
@NullMarked
package dev.holdfast.engine.dispatch;

import org.jspecify.annotations.NullMarked;
