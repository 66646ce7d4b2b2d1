@NullMarked
package dev.holdfast.host.log;

import org.jspecify.annotations.NullMarked;
