@NullMarked
package dev.holdfast.host.cli;

import org.jspecify.annotations.NullMarked;
