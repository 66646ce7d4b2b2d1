/** Reads which functions an app has, from function.json files or from bytecode, into one model. */
@NullMarked
package dev.holdfast.functions.metadata;

import org.jspecify.annotations.NullMarked;
