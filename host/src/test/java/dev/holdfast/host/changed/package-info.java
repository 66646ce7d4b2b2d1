/** The blue version of an app, changed while instances of it wait. */
@NullMarked
package dev.holdfast.host.changed;

import org.jspecify.annotations.NullMarked;
