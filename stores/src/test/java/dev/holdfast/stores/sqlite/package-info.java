@NullMarked
package dev.holdfast.stores.sqlite;

import org.jspecify.annotations.NullMarked;
