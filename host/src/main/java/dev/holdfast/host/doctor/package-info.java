/** Looks for what could keep a host from running well, and says the cure. */
@NullMarked
package dev.holdfast.host.doctor;

import org.jspecify.annotations.NullMarked;
