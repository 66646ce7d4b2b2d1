/** The app that runs in the processes that are killed. */
@NullMarked
package dev.holdfast.host.chaos.app;

import org.jspecify.annotations.NullMarked;
