@NullMarked
package dev.holdfast.testkit.store;

import org.jspecify.annotations.NullMarked;
