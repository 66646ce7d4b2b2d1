/** Contains sample apps, one package per scenario; each class explains how to try it. */
@NullMarked
package dev.holdfast.samples;

import org.jspecify.annotations.NullMarked;
