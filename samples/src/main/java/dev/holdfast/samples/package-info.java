/** Sample apps, one package per scenario; each class tells how to try it. */
@NullMarked
package dev.holdfast.samples;

import org.jspecify.annotations.NullMarked;
