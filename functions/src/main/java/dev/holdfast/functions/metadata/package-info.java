/** Reading what functions an app has, from function.json files or from bytecode: the same model. */
@NullMarked
package dev.holdfast.functions.metadata;

import org.jspecify.annotations.NullMarked;
