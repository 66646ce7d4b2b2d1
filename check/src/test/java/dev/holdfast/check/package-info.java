@NullUnmarked
package dev.holdfast.check;

import org.jspecify.annotations.NullUnmarked;
