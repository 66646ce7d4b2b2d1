@NullUnmarked
package dev.holdfast.check.corpus;

import org.jspecify.annotations.NullUnmarked;
