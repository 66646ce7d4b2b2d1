/** The app that tests of the host run; it is loaded like any other, from a folder of its own. */
@NullMarked
package dev.holdfast.host.demo;

import org.jspecify.annotations.NullMarked;
