/**
 * Decides what happens to the instances and entities of a partition: it turns inputs into the
 * commit that must be written and the effects that may follow.
 *
 * <p>This is the upper floor of core. It knows the ground floor, {@link dev.holdfast.core}, whose
 * ports, rows and values it is given and gives back; the ground floor does not know it. Outside
 * this package only {@link Partition}, which decides, and {@link Views}, which shows what was
 * decided, can be used.
 */
@NullMarked
package dev.holdfast.core.partition;

import org.jspecify.annotations.NullMarked;
