@NullMarked
package dev.holdfast.host.project;

import org.jspecify.annotations.NullMarked;
