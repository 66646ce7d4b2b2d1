/** The host as a real process on real files, killed, stopped, starved and doubled under load. */
@NullMarked
package dev.holdfast.host.chaos;

import org.jspecify.annotations.NullMarked;
